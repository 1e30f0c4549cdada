import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

/** The merchant of `examples/merchant`, as `npm run example` plays it. */

const FOLDER = new URL('../../examples/merchant/', import.meta.url);
const PLAY = new URL('../../scripts/example.ts', import.meta.url).pathname;

test('the example buys, cancels an item and sees its money again, with typed calls and signed callbacks', async () => {
  const { DATABASE_URL: _, ...env } = process.env;
  const args = ['--disable-warning=ExperimentalWarning', PLAY];
  const { stdout } = await promisify(execFile)(process.execPath, args, { env });
  expect(stdout).toMatch(/Bought both as trade [0-9a-f-]{36} for \$20\.47; it is initiated/);
  expect(stdout).toContain('the item is reverted, and $7.94 are back');
  expect(stdout).toContain('The wallet has $987.47 to spend; $12.53 are reserved.');
  expect(stdout).toMatch(/A quick buy of two .* 2 delivered for \$25\.07/);
  expect(stdout).toContain('A client withdraws one more with a token of its own, and sees 1 trade');
  expect(stdout).toContain('refund   $  7.94 order-1-b');
});

test('the example is short: less than two hundred lines, beside what is generated', () => {
  const written = readdirSync(FOLDER).filter((name) => name.endsWith('.ts') && name !== 'api.ts');
  const lines = written.flatMap((name) => readFileSync(new URL(name, FOLDER), 'utf8').trimEnd().split('\n'));
  expect(lines.length).toBeGreaterThan(100);
  expect(lines.length).toBeLessThan(200);
});
