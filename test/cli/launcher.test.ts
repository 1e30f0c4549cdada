// `bin/skinrail.js` and the marketplace: processes that pass on what happens to them.
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { Running, temporaryFolder } from './process.ts';

const LAUNCHER = fileURLToPath(new URL('../../bin/skinrail.js', import.meta.url));

function launch(...args: string[]): Promise<{ code: number | null; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [LAUNCHER, ...args], (_error, stdout, stderr) =>
      resolve({ code: child.exitCode, stdout, stderr }),
    );
  });
}

test('the launcher passes on output and exit code', async () => {
  const [version, mistake] = await Promise.all([launch('--version'), launch('key', 'revoke', 'x')]);
  expect(version).toEqual({ code: 0, stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/), stderr: '' });
  expect(mistake).toEqual({ code: 1, stdout: '', stderr: 'skinrail: "x" is not a key id; an id is a UUID\n' });
});

test('the launcher passes a signal on, and waits for an orderly stop', async () => {
  const child = spawn(process.execPath, [LAUNCHER, 'marketplace', '--port', '0', '--file', ':memory:', '--json']);
  const [line] = await once(child.stdout, 'data');
  const { url } = JSON.parse(line.toString());
  expect((await fetch(url)).status).toBe(200);
  child.kill('SIGTERM');
  expect(await once(child, 'exit')).toEqual([0, null]);
});

test('a marketplace can run alone, and keeps its orders in a file', async () => {
  const { path, remove } = temporaryFolder();
  const args = ['marketplace', '--port', '0', '--file', `${path}/new/orders.db`];
  const marketplace = await Running.start(path, args, 'marketplace listens at http://127.0.0.1:');
  expect(await marketplace.end('SIGINT')).toBe(0);
  remove();
});
