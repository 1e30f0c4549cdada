import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import openapiTS, { astToString, type OpenAPITSOptions } from 'openapi-typescript';
import { readOpenApiDocument } from '../openapi-document.ts';

/**
 * `npm run docs:client-types` writes the types of the example's client from the gateway's OpenAPI document;
 * with `--check` it fails when they are stale.
 */
const FILE = new URL('../../examples/merchant/api.ts', import.meta.url);
const HEADER = `// Made by \`npm run docs:client-types\` from the gateway's OpenAPI document. Do not edit.\n\n`;

const { values } = parseArgs({ options: { check: { type: 'boolean', default: false } } });
const options: OpenAPITSOptions = {
  alphabetize: true,
  // `Trade` beside `components['schemas']['Trade']`.
  rootTypes: true,
  rootTypesNoSchemaPrefix: true,
  // What has a default can be left out of a request.
  defaultNonNullable: false,
};
const types = HEADER + astToString(await openapiTS(await readOpenApiDocument(), options));

if (!values.check) {
  writeFileSync(FILE, types);
  process.stdout.write('examples/merchant/api.ts is written\n');
} else if (readFileSync(FILE, 'utf8') === types) {
  process.stdout.write('examples/merchant/api.ts is what the OpenAPI document says\n');
} else {
  process.stderr.write(
    'examples/merchant/api.ts is not what the OpenAPI document says: run `npm run docs:client-types`\n',
  );
  process.exitCode = 1;
}
