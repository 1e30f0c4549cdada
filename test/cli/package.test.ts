// The package as `npm pack` makes it, below `node_modules`, where Node strips no types.
import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
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

test('its module for merchants can be imported by itself', async () => {
  const { verify } = await import(join(installed, 'webhooks/index.js'));
  expect(verify({ secret: 's'.repeat(32), header: '', body: '{}' })).toMatchObject({ ok: false });
});
