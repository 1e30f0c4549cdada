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
  /** Only the routes whose paths begin with it; absent: all. */
  readonly below?: string;
  /** The npm script that writes them. */
  readonly script: string;
}

/** Writes the types of an OpenAPI document; with `--check` it fails when the file has others. */
export async function writeTypes({ file, document, below, script }: TypesTarget): Promise<void> {
  const { values } = parseArgs({ options: { check: { type: 'boolean', default: false } } });
  const shown = relative(ROOT, fileURLToPath(file));
  const header = `// Made by \`npm run ${script}\` from the gateway's OpenAPI document. Do not edit.\n\n`;
  const whole = await readOpenApiDocument(document);
  const part = below === undefined ? whole : partOf(whole, below);
  const types = header + astToString(await openapiTS(part, options));
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

interface Document {
  readonly paths: Readonly<Record<string, unknown>>;
  readonly components: { readonly schemas: Readonly<Record<string, unknown>> };
}

/** The routes whose paths begin with `below`, and the schemas that they refer to. */
function partOf(text: string, below: string): string {
  const document = JSON.parse(text) as Document; // the gateway's own document
  const paths = Object.fromEntries(Object.entries(document.paths).filter(([path]) => path.startsWith(below)));
  const { schemas } = document.components;
  const names = new Set(schemasIn(paths));
  // A set goes on with what is added while it is read.
  for (const name of names) for (const other of schemasIn(schemas[name])) names.add(other);
  const used = Object.fromEntries(Object.entries(schemas).filter(([name]) => names.has(name)));
  return JSON.stringify({ ...document, webhooks: {}, paths, components: { ...document.components, schemas: used } });
}

function schemasIn(part: unknown): string[] {
  const refs = JSON.stringify(part).matchAll(/"#\/components\/schemas\/([^"]+)"/g);
  return [...refs].map(([, name = '']) => name);
}
