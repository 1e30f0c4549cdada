// What a connection to PostgreSQL makes of servers that are not there, or not what they should be.
import type { Socket } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { type Database, openDatabase } from '../../src/db/connect.ts';
import { DatabaseUnavailable } from '../../src/db/failure.ts';
import {
  authenticated,
  backendKey,
  FakePostgres,
  numberRow,
  parameter,
  ready,
  refusal,
} from '../support/fake-postgres.ts';

const opened: { close(): unknown }[] = [];

afterEach(async () => {
  for (const each of opened.splice(0).reverse()) await each.close();
});

async function serverThat(meets: (socket: Socket) => void): Promise<FakePostgres> {
  const server = await FakePostgres.start(meets);
  opened.push(server);
  return server;
}

async function databaseAt(
  url: string,
  settings: { poolMax?: number; statementMs?: number; prepare?: boolean } = {},
): Promise<Database> {
  const database = await openDatabase({ url, poolMax: 1, ...settings });
  opened.push(database);
  return database;
}

/** What a statement fails with. */
async function failureOf(database: Database): Promise<unknown> {
  return database.isWritable().then(
    () => null,
    (error: unknown) => error,
  );
}

const onceAsked = (answer: (socket: Socket) => void) => (socket: Socket) => socket.once('data', () => answer(socket));

describe('nothing was applied and the database is away when a server', () => {
  const ways: Record<string, (socket: Socket) => void> = {
    'ends the connection at once': (socket) => socket.end(),
    'resets the connection': (socket) => socket.resetAndDestroy(),
    'ends it after the first message': onceAsked((socket) => socket.end()),
    'is starting': onceAsked((socket) => socket.end(refusal('57P03', 'the database system is starting up'))),
    'is told to stop': onceAsked((socket) => socket.end(refusal('57P01', 'terminating connection'))),
    'has crashed': onceAsked((socket) => socket.end(refusal('57P02', 'crash of another server process'))),
    'is a pooler without one': onceAsked((socket) => socket.end(refusal('08P01', 'server login has been failing'))),
    'breaks off': onceAsked((socket) => socket.end(refusal('08006', 'connection failure'))),
    'has no such database just now': onceAsked((socket) => socket.end(refusal('3D000', 'no such database'))),
    'lets nobody in just now': onceAsked((socket) => socket.end(refusal('28000', 'no pg_hba.conf entry'))),
    'does not know the password just now': onceAsked((socket) => socket.end(refusal('28P01', 'password'))),
    'has no connection left': onceAsked((socket) => socket.end(refusal('53300', 'too many clients'))),
    'accepts no connections to it': onceAsked((socket) => socket.end(refusal('55000', 'not accepting connections'))),
    'speaks another protocol': onceAsked((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')),
    'ends just as it has let somebody in': onceAsked((socket) =>
      socket.end(Buffer.concat([authenticated, ready, refusal('57P01', 'terminating connection')])),
    ),
  };
  test.each(Object.entries(ways))('%s', async (_way, meets) => {
    const database = await databaseAt((await serverThat(meets)).url);
    const failure = await failureOf(database);
    expect(failure).toBeInstanceOf(DatabaseUnavailable);
    expect(failure).toMatchObject({ outcome: 'not_applied' });
  });

  test('is not there at all, or has no name', async () => {
    for (const host of ['127.0.0.1:9', 'no-such-host.invalid:5432']) {
      expect(await failureOf(await databaseAt(`postgres://me@${host}/gone`))).toBeInstanceOf(DatabaseUnavailable);
    }
  });
});

/** A standby, as PostgreSQL 14 and later introduce themselves. */
const standby = onceAsked((socket) =>
  socket.write(Buffer.concat([authenticated, parameter('in_hot_standby', 'on'), backendKey(1), ready])),
);

const answersEach = (answer: (text: string) => Buffer) => (socket: Socket) => {
  socket.once('data', () => {
    const started = [authenticated, parameter('in_hot_standby', 'off'), backendKey(1), ready];
    socket.write(Buffer.concat(started));
    socket.on('data', (chunk) => socket.write(answer(chunk.toString())));
  });
};
const primary = answersEach(() => numberRow('one', 1));

test('of several servers the one that takes writes is used, wherever it stands in the list', async () => {
  const [first, second] = [await serverThat(standby), await serverThat(primary)];
  for (const ports of [
    [first.port, second.port],
    [second.port, first.port],
    [9, second.port],
  ]) {
    const hosts = ports.map((port) => `127.0.0.1:${port}`).join(',');
    const database = await databaseAt(`postgres://me@${hosts}/name?target_session_attrs=read-write`);
    await database.exec('select 1');
    expect(database.isAway).toBe(false);
  }
});

test('a standby alone is no database for a gateway', async () => {
  const database = await databaseAt((await serverThat(standby)).url);
  await expect(database.exec('select 1')).rejects.toThrow(/is read-only/);
});

test('a server that gives no answer is given up at the time limit, with its connection', async () => {
  const updating = new Set<unknown>();
  const silent = await serverThat((socket) => {
    socket.once('data', () =>
      socket.write(Buffer.concat([authenticated, parameter('in_hot_standby', 'off'), backendKey(1), ready])),
    );
    socket.on('data', (chunk) => {
      if (chunk.includes('update "setting"')) updating.add(socket);
    });
  });
  const database = await databaseAt(silent.url, { statementMs: 100 });
  const update = () => database.db.updateTable('setting').set({ value: '1' }).execute();
  await expect(update()).rejects.toMatchObject({ name: 'DatabaseUnavailable', outcome: 'unknown' });
  expect(database.isAway).toBe(true);
  await expect(update()).rejects.toThrow(/did not answer within/);
  expect(updating.size).toBe(2);
});

test('what a server refuses in ordinary words is no outage', async () => {
  const server = await serverThat(
    answersEach(() => Buffer.concat([refusal('23505', 'duplicate key', 'ERROR'), ready])),
  );
  const database = await databaseAt(server.url);
  await expect(database.exec('select 1')).rejects.toMatchObject({ code: '23505' });
});

/** As PgBouncer in transaction mode: every client is told a number of its own, and served by one and the same process. */
test('a transaction pooler is noticed, and what to set is said', async () => {
  let clients = 0;
  const pooler = await serverThat((socket) => {
    const own = ++clients;
    socket.once('data', () => {
      socket.write(Buffer.concat([authenticated, parameter('in_hot_standby', 'off'), backendKey(own), ready]));
      socket.on('data', () => socket.write(numberRow('pid', 4711)));
    });
  });
  const database = await databaseAt(pooler.url, { poolMax: 4 });
  await expect(database.requireSound()).rejects.toThrow(/transaction pooler.*DATABASE_PREPARE=off/);
});

/** A pooler repeats to each client what it once heard from its server, and asks the server only for a statement. */
function poolerThat(said: 'on' | 'off', answer: (socket: Socket) => void) {
  return onceAsked((socket) => {
    socket.write(Buffer.concat([authenticated, parameter('in_hot_standby', said), backendKey(1), ready]));
    socket.on('data', () => answer(socket));
  });
}
const takesWrites = (socket: Socket) => socket.write(numberRow('read_only', 0));

describe('with DATABASE_PREPARE=off, of several poolers', () => {
  test.each([
    ['has no server', (socket: Socket) => void socket.end(refusal('08P01', 'server login has been failing'))],
    ['waits for a silent server', () => {}],
    ['has a server that takes no writes any more', (socket: Socket) => void socket.write(numberRow('read_only', 1))],
  ])('one that lets me in and %s is left for the next', async (_what, answer) => {
    const first = await serverThat(poolerThat('off', answer));
    const second = await serverThat(poolerThat('off', takesWrites));
    const url = `postgres://me@127.0.0.1:${first.port},127.0.0.1:${second.port}/name?connect_timeout=1`;
    const database = await databaseAt(url, { prepare: false });
    await database.exec('select 1');
    expect(database.isAway).toBe(false);
  });

  test('one whose server was a standby once is used since that server takes writes', async () => {
    const pooler = await serverThat(poolerThat('on', takesWrites));
    const database = await databaseAt(pooler.url, { prepare: false });
    await database.exec('select 1');
    expect(database.isAway).toBe(false);
  });
});
