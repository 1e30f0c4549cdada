// One process at a time has an embedded database; whoever has it takes the operator's commands.
import { chmodSync, existsSync, mkdirSync, readdirSync, realpathSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pino } from 'pino';
import { afterEach, expect, test } from 'vitest';
import { DataFolder } from '../../src/cli/data-folder.ts';
import { pidOfHolder, sendToGateway } from '../../src/cli/operator-client.ts';
import { listenForOperator, type OperatorSocket } from '../../src/cli/operator-socket.ts';
import { loadConfig } from '../../src/config/config.ts';
import { serve, skinrail, temporaryFolder } from './process.ts';

const log = pino({ level: 'silent' });
const cleanUps: (() => unknown)[] = [];

afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

function folder(...deeper: string[]): DataFolder {
  const { path, remove } = temporaryFolder();
  cleanUps.push(remove);
  return new DataFolder(join(path, ...deeper));
}

async function listen({ name }: DataFolder): Promise<OperatorSocket | null> {
  const operator = await listenForOperator(loadConfig({ DATA_DIR: name }), log);
  cleanUps.push(async () => {
    await operator?.close();
    operator?.release();
  });
  return operator;
}

test('a folder is held by one, and free again once it is released', () => {
  const data = folder();
  const hold = data.tryHold();
  expect(hold).not.toBeNull();
  expect(new DataFolder(data.name).tryHold()).toBeNull();
  hold?.release();
  const next = data.tryHold();
  expect(next).not.toBeNull();
  next?.release();
});

test('a folder with a path too long for a socket has its socket in a folder that nobody can guess, and takes it away', async () => {
  const data = folder('d'.repeat(90));
  const first = await listen(data);
  const path = data.socket.find() ?? '';
  expect(path).not.toContain(data.name);
  expect(statSync(dirname(path)).mode & 0o777).toBe(0o700);
  expect(await pidOfHolder(new DataFolder(data.name))).toBe(process.pid);
  await first?.close();
  expect(existsSync(dirname(path))).toBe(false);
});

test('a socket among the temporary files that others could have made is not spoken to', async () => {
  const data = folder('d'.repeat(90));
  await listen(data);
  chmodSync(dirname(data.socket.find() ?? ''), 0o755);
  expect(data.socket.find()).toBeNull();
  expect(await pidOfHolder(data)).toBeNull();
});

test('a socket that a killed process left behind is in nobody’s way', async () => {
  const data = folder();
  writeFileSync(data.socket.find() ?? '', '');
  expect(await pidOfHolder(data)).toBeNull();
  await listen(data);
  expect(await pidOfHolder(data)).toBe(process.pid);
});

test('where no gateway listens, nobody takes a command', async () => {
  expect(await sendToGateway(folder(), ['merchant', 'list'])).toBeNull();
});

test('a command that comes while the gateway starts is told when it cannot', async () => {
  const data = folder();
  const operator = await listen(data);
  const said = sendToGateway(data, ['merchant', 'list']);
  while ((await pidOfHolder(data)) === null);
  await operator?.close();
  expect(await said).toEqual({ stdout: '', stderr: 'skinrail: the gateway is stopping\n', exitCode: 1 });
});

test('help and mistakes are answered before there is a database', async () => {
  const data = folder();
  await listen(data);
  expect(await sendToGateway(data, ['key', 'revoke', 'mine'])).toMatchObject({
    stderr: 'skinrail: "mine" is not a key id; an id is a UUID\n',
    exitCode: 1,
  });
});

test('with PostgreSQL there is no folder to hold', async () => {
  const { name } = folder();
  expect(
    await listenForOperator(loadConfig({ DATA_DIR: name, DATABASE_URL: 'postgres://localhost/skinrail' }), log),
  ).toBeNull();
});

test('a folder that cannot be made is said in words', () => {
  const { name } = folder();
  writeFileSync(join(name, 'file'), '');
  mkdirSync(join(name, 'folder'));
  expect(() => new DataFolder(join(name, 'file'))).toThrow(/data folder .* cannot be used: EEXIST/);
  expect(() => new DataFolder(join(name, 'file', 'below'))).toThrow(/data folder .* cannot be used: ENOTDIR/);
});

/** Every file and folder below, with its mode. */
function modes(path: string): Record<string, string> {
  const names = ['.', ...readdirSync(path, { recursive: true }).map(String)];
  return Object.fromEntries(names.map((name) => [name, (statSync(join(path, name)).mode & 0o777).toString(8)]));
}

test('nobody else can read or change what a gateway keeps, not even what an older one left open', async () => {
  const { path, remove } = temporaryFolder();
  cleanUps.push(remove);
  const data = join(path, 'data');
  const gateway = await serve(data);
  await gateway.end('SIGTERM');
  const made = modes(data);
  expect(Object.keys(made).length).toBeGreaterThan(500);
  expect(new Set(Object.values(made))).toEqual(new Set(['700', '600']));

  for (const name of Object.keys(made)) chmodSync(join(data, name), made[name] === '700' ? 0o755 : 0o666);
  const verified = await skinrail(data, ['verify']);
  expect(verified).toMatchObject({ code: 0, stderr: '' });
  expect(modes(join(data, 'database'))).toEqual(expect.not.objectContaining({ '.': '755' }));
  const again = await serve(data);
  await again.end('SIGTERM');
  expect(new Set(Object.values(modes(data)))).toEqual(new Set(['700', '600']));
});

test('a data folder in which others can write beside other files is refused, and what to do is said', async () => {
  const data = folder();
  writeFileSync(join(data.name, 'notes.txt'), '');
  chmodSync(data.name, 0o777);
  const refused = `skinrail: data folder ${realpathSync(data.name)} can be written by other users (mode 0777); `;
  for (const args of [['serve'], ['merchant', 'list']]) {
    const ended = await skinrail(data.name, args);
    expect(ended).toMatchObject({ code: 1, stdout: '' });
    expect(ended.stderr).toBe(`${refused}set DATA_DIR to a new folder below it, or run chmod go-w on it\n`);
  }
  chmodSync(data.name, 0o755);
  const hold = data.tryHold();
  expect(hold).not.toBeNull();
  hold?.release();
  expect(statSync(data.name).mode & 0o777).toBe(0o755);
});
