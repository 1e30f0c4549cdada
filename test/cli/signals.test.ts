// What ends a gateway, and that nothing and nobody else keeps it from ending.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, test } from 'vitest';
import { Running, serve, temporaryDataFolder } from './process.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const MAIN = fileURLToPath(new URL('../../src/main.ts', import.meta.url));

const cleanUps: (() => unknown)[] = [];

afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

function folder(): string {
  const { path, remove } = temporaryDataFolder();
  cleanUps.push(remove);
  return path;
}

function settings(dataDir: string): NodeJS.ProcessEnv {
  const { PATH, HOME, NODE_COMPILE_CACHE } = process.env;
  return { PATH, HOME, NODE_COMPILE_CACHE, DATA_DIR: dataDir, PORT: '0', MARKETPLACE_PORT: '0' };
}

/** Everything that a process writes to standard output, until it has written `sign`. */
async function prints(child: ChildProcess, sign: string): Promise<string> {
  let text = '';
  while (!text.includes(sign)) {
    const [chunk] = await once(child.stdout ?? child, 'data');
    text += String(chunk);
  }
  return text;
}

const addressIn = (text: string) => /gateway +(http:\/\/\S+)/.exec(text)?.[1] ?? '';

async function isThere(address: string): Promise<boolean> {
  return fetch(`${address}/health`).then(
    ({ ok }) => ok,
    () => false,
  );
}

test.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)('%s ends a gateway and a marketplace in order', async (signal) => {
  const gateway = await serve(folder(), { LOG_LEVEL: 'info' });
  const marketplace = await Running.start('', ['marketplace', '--port', '0', '--file', ':memory:'], 'listens at');
  expect(await gateway.end(signal)).toBe(0);
  expect(gateway.printed).toContain('"isOrderly":true,"msg":"stopped"');
  expect(await marketplace.end(signal)).toBe(0);
});

describe('npm start', () => {
  async function npmStart() {
    const npm = spawn('npm', ['start'], { cwd: ROOT, env: settings(folder()), stdio: ['ignore', 'pipe', 'ignore'] });
    cleanUps.push(() => npm.kill('SIGKILL'));
    return { npm, address: addressIn(await prints(npm, '/sandbox/clock')) };
  }

  test('told to stop leaves no gateway behind', async () => {
    const { npm, address } = await npmStart();
    expect(await isThere(address)).toBe(true);
    npm.kill('SIGTERM');
    await once(npm, 'exit');
    expect(await isThere(address)).toBe(false);
  });

  test('killed leaves no gateway behind either', async () => {
    const { npm, address } = await npmStart();
    npm.kill('SIGKILL');
    while (await isThere(address));
  });
});

test('one stop that comes as several signals is not forced, and a later signal forces it', async () => {
  const gateway = await serve(folder(), { LOG_LEVEL: 'info', STOP_TIMEOUT_MS: '600000' });
  // A connection with half a request keeps the stop from ending by itself.
  const half = await halfARequest(gateway.sandbox.baseUrl);
  for (const signal of ['SIGTERM', 'SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.kill(gateway.pid, signal);
  await gateway.prints('"msg":"stopping"');
  const ended = gateway.end('SIGHUP');
  const impatient = setInterval(() => process.kill(gateway.pid, 'SIGTERM'), 400);
  await gateway.prints('"reason":"second signal"').finally(() => clearInterval(impatient));
  expect(await ended).toBe(1);
  half.destroy();
});

async function halfARequest(address: string) {
  const { connect } = await import('node:net');
  const { hostname, port } = new URL(address);
  const socket = connect(Number(port), hostname);
  socket.on('error', () => {});
  await once(socket, 'connect');
  const head = 'host: x\r\ncontent-length: 100\r\ncontent-type: application/json\r\nexpect: 100-continue';
  socket.write(`POST /secure/buy HTTP/1.1\r\n${head}\r\n\r\n`);
  // Once this comes, the gateway has the request in hand.
  await once(socket, 'data');
  socket.write('{');
  return socket;
}

test('a log that nobody reads holds up neither requests nor the stop', async () => {
  const unlimited = { INVALID_KEYS_PER_MINUTE: '0' };
  const env = { ...settings(folder()), LOG_LEVEL: 'info', ...unlimited };
  const args = ['--disable-warning=ExperimentalWarning', MAIN, 'serve'];
  const gateway = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  cleanUps.push(() => gateway.kill('SIGKILL'));
  gateway.stderr.pause();
  const address = addressIn(await prints(gateway, '/sandbox/clock'));
  // Far more lines than a pipe holds.
  for (let round = 0; round < 40; round++) {
    const answers = await Promise.all(Array.from({ length: 50 }, () => fetch(`${address}/v1/wallets/me/balance`)));
    expect(answers.every(({ status }) => status === 401)).toBe(true);
  }
  gateway.kill('SIGTERM');
  expect(await once(gateway, 'exit')).toEqual([0, null]);
});
