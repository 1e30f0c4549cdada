import { createServer, type Server, type Socket } from 'node:net';
import pg from 'pg';
import { afterEach, expect, test } from 'vitest';
import { openDatabase } from '../../src/db/connect.ts';

let server: Server;

afterEach(() => new Promise((resolve) => server.close(resolve)));

function message(type: string, body: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeInt32BE(body.length + 4);
  return Buffer.concat([Buffer.from(type), length, body]);
}

const authenticated = message('R', Buffer.alloc(4));
const ready = message('Z', Buffer.from('I'));
const shutsDown = message('E', Buffer.from('SFATAL\0C57P01\0Mterminating connection due to administrator command\0\0'));

/** A PostgreSQL that is told to stop at the very moment at which it has let somebody in. */
async function stoppingServer(): Promise<string> {
  server = createServer((socket: Socket) => {
    socket.on('error', () => {});
    socket.once('data', () => socket.end(Buffer.concat([authenticated, ready, shutsDown])));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return `postgres://me@127.0.0.1:${typeof address === 'object' && address ? address.port : 0}/gone`;
}

test('a database that stops just as a node connects fails the query, not the process', async () => {
  const url = await stoppingServer();
  const database = await openDatabase({ url, poolMax: 1 });
  await expect(database.exec('select 1')).rejects.toThrow();
  if (!('connectionString' in database.jobs)) throw new Error('PostgreSQL has a pool for jobs');
  // As the job queue does: an unheard event would fail this test as an uncaught exception.
  const pool = new pg.Pool({ ...database.jobs, max: 1 });
  pool.on('error', () => {});
  const client = await pool.connect();
  await expect(client.query('select 1')).rejects.toThrow();
  client.release(true);
  await pool.end();
  await database.close();
});
