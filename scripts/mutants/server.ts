import { userInfo } from 'node:os';
import pg from 'pg';

const PING_WITHIN_MS = 3000;

/**
 * The PostgreSQL of TEST_DATABASE_URL, or the usual one on this machine.
 * @returns null when there is none @throws Error when one was named and does not answer
 */
export async function readServer(env: NodeJS.ProcessEnv): Promise<string | null> {
  const named = env['TEST_DATABASE_URL'];
  const url = named || `postgres://${userInfo().username}@127.0.0.1:5432/postgres`;
  if (await answers(url)) return url;
  if (named) throw new Error('the server of TEST_DATABASE_URL does not answer');
  return null;
}

async function answers(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: PING_WITHIN_MS });
  return client.connect().then(
    () => client.end().then(() => true),
    () => false,
  );
}
