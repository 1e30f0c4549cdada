import { expect, test } from 'vitest';
import { readOptions, UsageError } from './options.ts';

test('races take the server of TEST_DATABASE_URL, then of DATABASE_URL, then the usual one', () => {
  const server = (env: Record<string, string>) => readOptions([], env)?.databaseUrl;
  expect(server({ TEST_DATABASE_URL: 'postgres://a', DATABASE_URL: 'postgres://b' })).toBe('postgres://a');
  expect(server({ DATABASE_URL: 'postgres://b' })).toBe('postgres://b');
  expect(server({})).toContain('127.0.0.1:5432');
});

test.each([
  ['--rounds', 'many'],
  ['--nodes', '1'],
  ['--seed', '-1'],
  ['--laps', '3'],
])('%s %s is refused in one line', (...args) => {
  expect(() => readOptions(args, {})).toThrow(UsageError);
});
