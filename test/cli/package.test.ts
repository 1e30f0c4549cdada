// The package as `npm pack` makes it, below `node_modules`, where Node strips no types.
import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { temporaryFolder } from './process.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const folder = temporaryFolder();
const installed = join(folder.path, 'node_modules/skinrail');

beforeAll(() => {
  const [packed] = JSON.parse(
    execFileSync('npm', ['pack', '--json', '--pack-destination', folder.path], { cwd: ROOT, encoding: 'utf8' }),
  );
  mkdirSync(installed, { recursive: true });
  execFileSync('tar', ['-xzf', join(folder.path, packed.filename), '-C', installed, '--strip-components=1']);
  symlinkSync(join(ROOT, 'node_modules'), join(installed, 'node_modules'));
});
afterAll(() => folder.remove());

function skinrail(...args: string[]): string {
  const settings = { DATA_DIR: join(folder.path, 'data'), LOG_LEVEL: 'warn' };
  const env = { PATH: process.env['PATH'], HOME: process.env['HOME'], ...settings };
  return execFileSync(process.execPath, [join(installed, 'bin/skinrail.js'), ...args], { env, encoding: 'utf8' });
}

test('an installed program starts, and brings its migrations along', () => {
  expect(skinrail('--version')).toMatch(/^\d+\.\d+\.\d+\n$/);
  expect(JSON.parse(skinrail('merchant', 'create', 'Shop', '--json'))).toMatchObject({ name: 'Shop' });
});

test('an installed program finds the thread that reads large lists', async () => {
  const { readLargeList } = await import(join(installed, 'dist/src/suppliers/large-list.js'));
  const snapshot = await import(join(installed, 'dist/src/suppliers/waxpeer/snapshot.js'));
  const rows = Array.from(
    { length: 40_000 },
    (_, index) => `${index + 1},An item with a long name,${index + 5},true\n`,
  );
  const chunks = [Buffer.from('item_id,name,price,auto\n'), Buffer.from(rows.join(''))];
  const list = await readLargeList(snapshot, { game: '252490', perName: 5 }, Readable.from(chunks), null);
  expect(list).toMatchObject({ count: 40_000, listings: { length: 5 } });
});

test('its module for merchants can be imported by itself', async () => {
  const { verify } = await import(join(installed, 'webhooks/index.js'));
  expect(verify({ secret: 's'.repeat(32), header: '', body: '{}' })).toMatchObject({ ok: false });
});
