import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RecordedCall } from '../../test/support/record-calls.ts';
import { nameOf, operations } from './surface/index.ts';
import type { Operation } from './surface/shape.ts';

/**
 * `npm run docs:compatibility-used -- <folder>`: which operations and parameters that the page calls done no test has used
 * over HTTP. The folder is what `RECORD_CALLS` named while the tests ran.
 */
const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error('usage: used.ts <folder>');

const calls = readdirSync(folder).flatMap((file) =>
  readFileSync(join(folder, file), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line): RecordedCall => JSON.parse(line)),
);

/** What the gateway took as valid: it did it, or there was nothing to do it to. */
const isTaken = ({ status }: RecordedCall) => status < 300 || status === 404 || status === 409;

function unusedOf(operation: Operation): string[] {
  const path = new RegExp(`^${operation.path.replaceAll(/\{\w+\}/g, '[^/]+')}$`);
  const own = calls.filter((call) => call.method === operation.method && path.test(call.path) && isTaken(call));
  const name = nameOf(operation);
  if (own.length === 0) return [`${name} is used by no test`];
  const used = new Set(own.flatMap(({ names }) => names));
  return operation.parameters
    .filter(
      (parameter) => parameter.place !== 'path' && parameter.notOffered === undefined && !used.has(parameter.name),
    )
    .map((parameter) => `${name}: ${parameter.name} is used by no test`);
}

const unused = operations.filter(({ notOffered }) => notOffered === undefined).flatMap(unusedOf);
for (const each of unused) process.stderr.write(`${each}\n`);
process.stdout.write(`${calls.length} calls; ${unused.length} operations or parameters are used by no test\n`);
if (unused.length > 0) process.exitCode = 1;
