import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { page } from './tables.ts';

/** Messages that the operators' pages quote are those that the program prints. */

const ROOT = join(import.meta.dirname, '../..');
const source = globSync('{src,sandbox}/**/*.ts', { cwd: ROOT })
  .map((path) => readFileSync(join(ROOT, path), 'utf8'))
  .join('\n')
  // A message that is written over two lines of code is one text.
  .replaceAll(/[`']\s*\+\s*[`']/g, '');

test.each([
  ['operators/database.md', 'the database is unavailable'],
  ['operators/database.md', 'the database is back'],
  ['operators/database.md', 'leads to a transaction pooler, which shares a session among several clients'],
  ['operators/install.md', 'this database belongs to a'],
  ['operators/install.md', 'is in use by process'],
  ['operators/install.md', 'is in use; choose another port, or stop the process that listens there'],
  ['operators/install.md', 'set DATA_DIR to a new folder below it'],
  ['operators/install.md', 'The database cannot be reached.'],
  ['operators/marketplaces.md', 'marketplace listens at'],
  ['operators/monitoring.md', 'request failed'],
  ['operators/monitoring.md', 'verify was interrupted, so the database is NOT verified'],
  ['operators/runbooks.md', 'already under way and will be completed'],
  ['operators/runbooks.md', 'there are no other freezes'],
  ['operators/runbooks.md', 'to request cancellation from its marketplace, add --ask-supplier'],
  ['operators/runbooks.md', 'approval requests to the merchant'],
  ['operators/runbooks.md', 'cancellation requests'],
  ['operators/runbooks.md', 'nothing was changed'],
  ['operators/runbooks.md', 'still unknown'],
  ['operators/scaling.md', 'Redis is unavailable'],
  ['operators/scaling.md', 'Redis is available again'],
  ['operators/security.md', 'and not allowed'],
  ['operators/security.md', 'cannot decrypt the secrets of'],
  ['operators/security.md', 'to be encrypted again'],
  ['operators/upgrading.md', 'the schema is up to date'],
  ['operators/upgrading.md', 'start a newer skinrail'],
])('%s quotes "%s" as the program says it', (name, message) => {
  expect(page(name).includes(message), 'the page does not have this text').toBe(true);
  expect(source.includes(message), 'no message of the program has this text').toBe(true);
});
