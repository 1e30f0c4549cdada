// One process at a time has an embedded database; whoever has it takes the operator's commands.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, expect, test } from 'vitest';
import { DataFolder } from '../../src/cli/data-folder.ts';
import { askGateway, askHolder } from '../../src/cli/operator-client.ts';
import { listenForOperator, type OperatorSocket } from '../../src/cli/operator-socket.ts';
import { loadConfig } from '../../src/config.ts';
import { temporaryFolder } from './process.ts';

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

test('a folder with a path too long for a socket has its socket elsewhere, and works the same', async () => {
  const data = folder('d'.repeat(90));
  expect(data.socketPath).toMatch(/skinrail-[0-9a-f]{16}\.sock$/);
  await listen(data);
  cleanUps.push(() => rmSync(data.socketPath, { force: true }));
  expect(await askHolder(new DataFolder(data.name))).toBe(process.pid);
});

test('a socket that a killed process left behind is in nobody’s way', async () => {
  const data = folder();
  writeFileSync(data.socketPath, '');
  expect(await askHolder(data)).toBeNull();
  await listen(data);
  expect(await askHolder(data)).toBe(process.pid);
});

test('where no gateway listens, nobody takes a command', async () => {
  expect(await askGateway(folder(), ['merchant', 'list'])).toBeNull();
});

test('a command that comes while the gateway starts is told when it cannot', async () => {
  const data = folder();
  const operator = await listen(data);
  const said = askGateway(data, ['merchant', 'list']);
  while ((await askHolder(data)) === null);
  await operator?.close();
  expect(await said).toEqual({ stdout: '', stderr: 'skinrail: the gateway is stopping\n', exitCode: 1 });
});

test('help and mistakes are answered before there is a database', async () => {
  const data = folder();
  await listen(data);
  expect(await askGateway(data, ['wallet', 'show', 'me'])).toMatchObject({
    stderr: 'skinrail: "me" is no merchant id, which is a UUID\n',
    exitCode: 1,
  });
});

test('with PostgreSQL there is no folder to hold', async () => {
  const { name } = folder();
  expect(await listenForOperator(loadConfig({ DATA_DIR: name, DATABASE_URL: 'postgres://db' }), log)).toBeNull();
});

test('a folder that cannot be made is said in words', () => {
  const { name } = folder();
  writeFileSync(join(name, 'file'), '');
  mkdirSync(join(name, 'folder'));
  expect(() => new DataFolder(join(name, 'file'))).toThrow(/data folder .* cannot be used: EEXIST/);
  expect(() => new DataFolder(join(name, 'file', 'below'))).toThrow(/data folder .* cannot be used: ENOTDIR/);
});
