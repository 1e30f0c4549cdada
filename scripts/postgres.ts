import { randomBytes } from 'node:crypto';
import pg from 'pg';

/** For scripts: is there a PostgreSQL, make a database beside the one that is named, drop it again. */
const PING_WITHIN_MS = 3000;
const [command, url = ''] = process.argv.slice(2);

async function onServer(statement: string, database?: string): Promise<void> {
  const server = new URL(url);
  if (database) server.pathname = `/${database}`;
  const client = new pg.Client({ connectionString: server.href, connectionTimeoutMillis: PING_WITHIN_MS });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

async function run(): Promise<string> {
  switch (command) {
    case 'ping':
      await onServer('select 1');
      return '';
    case 'create': {
      const name = `skinrail_${randomBytes(6).toString('hex')}`;
      await onServer(`create database ${name}`);
      const made = new URL(url);
      made.pathname = `/${name}`;
      return `${made.href}\n`;
    }
    case 'drop': {
      const name = new URL(url).pathname.slice(1);
      if (!/^skinrail_[0-9a-f]{12}$/.test(name)) throw new Error(`${name} was not made by this script`);
      await onServer(`drop database if exists ${name} with (force)`, 'postgres');
      return '';
    }
    default:
      throw new Error('usage: postgres.ts ping|create|drop <url>');
  }
}

try {
  process.stdout.write(await run());
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 1;
}
