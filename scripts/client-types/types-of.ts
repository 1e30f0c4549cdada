import { readFileSync, writeFileSync } from 'node:fs';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import openapiTS, { astToString, type OpenAPITSOptions } from 'openapi-typescript';
import { readOpenApiDocument } from '../openapi-document.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

const options: OpenAPITSOptions = {
  alphabetize: true,
  // `Trade` beside `components['schemas']['Trade']`.
  rootTypes: true,
  rootTypesNoSchemaPrefix: true,
  // What has a default can be left out of a request.
  defaultNonNullable: false,
};

export interface TypesTarget {
  /** Where the types are written. */
  readonly file: URL;
  /** The path of the document at the gateway. */
  readonly document: string;
  /** The npm script that writes them. */
  readonly script: string;
}

/** Writes the types of an OpenAPI document; with `--check` it fails when the file has others. */
export async function writeTypes({ file, document, script }: TypesTarget): Promise<void> {
  const { values } = parseArgs({ options: { check: { type: 'boolean', default: false } } });
  const shown = relative(ROOT, fileURLToPath(file));
  const header = `// Made by \`npm run ${script}\` from the gateway's OpenAPI document. Do not edit.\n\n`;
  const types = header + astToString(await openapiTS(await readOpenApiDocument(document), options));
  if (!values.check) {
    writeFileSync(file, types);
    process.stdout.write(`${shown} is written\n`);
  } else if (readFileSync(file, 'utf8') === types) {
    process.stdout.write(`${shown} is what the OpenAPI document says\n`);
  } else {
    process.stderr.write(`${shown} is not what the OpenAPI document says: run \`npm run ${script}\`\n`);
    process.exitCode = 1;
  }
}
