import { readdirSync, readFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { init, parse } from 'es-module-lexer';

/** One import of a value; `import type` is not there any more when the program runs. */
export interface Import {
  /** Both relative to the root, e.g. `src/trades/move.ts`. */
  readonly from: string;
  readonly to: string;
  readonly isDynamic: boolean;
}

/** @returns every import of a file of the project by the files below `folder`, in the order of their names */
export async function importsBelow(root: string, folder: string): Promise<Import[]> {
  await init;
  const files = readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => join(folder, file))
    .sort();
  return files.flatMap((file) => importsOf(root, file));
}

function importsOf(root: string, file: string): Import[] {
  const [imports] = parse(stripTypeScriptTypes(readFileSync(join(root, file), 'utf8')), file);
  return imports.flatMap(({ n: specifier, d }) => {
    if (!specifier?.startsWith('.')) return [];
    return [{ from: file, to: relative(root, join(root, dirname(file), specifier)), isDynamic: d > -1 }];
  });
}
