import { randomBytes } from 'node:crypto';
import pg from 'pg';

/** A database for one test file: a new one on the PostgreSQL of TEST_DATABASE_URL, or an embedded one in memory. */
export interface TestDatabase {
  readonly url: string;
  drop(): Promise<void>;
}

export const postgresUrl = process.env['TEST_DATABASE_URL'];

export async function createTestDatabase(): Promise<TestDatabase> {
  const url = `memory:${process.env['TEST_EMPTY_DATABASE'] ?? ''}`;
  return postgresUrl ? createPostgres(postgresUrl) : { url, drop: async () => {} };
}

export async function createPostgres(serverUrl: string): Promise<TestDatabase> {
  const name = `skinrail_test_${randomBytes(6).toString('hex')}`;
  await onServer(serverUrl, `create database ${name}`);
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return { url: url.href, drop: () => onServer(serverUrl, `drop database if exists ${name} with (force)`) };
}

async function onServer(serverUrl: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: serverUrl });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
