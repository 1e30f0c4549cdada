import { describe, expect, test } from 'vitest';
import { loadConfig } from '../../src/config/config.ts';
import { parseDatabaseUrl } from '../../src/db/database-url.ts';

const namesIn = (url: string) => parseDatabaseUrl(url).servers.map(({ name }) => name);

describe('DATABASE_URL', () => {
  test('names one server, or several in the order in which they are tried', () => {
    expect(namesIn('postgres://me:secret@db.example:5433/shop')).toEqual(['db.example:5433']);
    expect(namesIn('postgresql://me@a:5432,b:5433,[::1]:5434/shop')).toEqual(['a:5432', 'b:5433', '::1:5434']);
    expect(namesIn('postgres://me@a,b/shop')).toEqual(['a:5432', 'b:5432']);
    expect(namesIn('postgres:///shop?host=a,b&port=1,2&user=me')).toEqual(['a:1', 'b:2']);
  });

  test('gives each server the same user, password, database and options', () => {
    const url =
      'postgres://me:p%40ss@a:1,b:2/shop?target_session_attrs=read-write&sslmode=disable&options=-c%20jit%3Doff';
    for (const { config } of parseDatabaseUrl(url).servers) {
      expect(config).toMatchObject({
        user: 'me',
        password: 'p@ss',
        database: 'shop',
        ssl: false,
        options: '-c jit=off',
      });
    }
  });

  test('says how long connecting may take', () => {
    expect(parseDatabaseUrl('postgres://a/b?connect_timeout=3').connectMs).toBe(3000);
    expect(parseDatabaseUrl('postgres://a/b').connectMs).toBeUndefined();
  });

  test.each([
    ['mysql://me:secret@db/shop', /^DATABASE_URL must begin with postgres:\/\/ or postgresql:\/\//],
    ['/var/run/postgresql shop', /^DATABASE_URL must begin with/],
    ['postgres://me:secret@a,,b/shop', /^DATABASE_URL has an empty host/],
    ['postgres://me:secret@a:99999/shop', /^DATABASE_URL has a port/],
    ['postgres://me:secret@a:54x/shop', /^DATABASE_URL has a port/],
    ['postgres://me:secret@a/shop?target_session_attrs=standby', /^DATABASE_URL requests a read-only server/],
    ['postgres://me:secret@a/shop?connect_timeout=soon', /^DATABASE_URL has a connect_timeout/],
    ['postgres://me:secret@a/shop?sslrootcert=/no/such/file', /^DATABASE_URL refers to a file that cannot be read/],
  ])('%s is refused at the start, by its name and without its secret', (url, words) => {
    const start = () => loadConfig({ DATABASE_URL: url });
    expect(start).toThrow(words);
    expect(start).not.toThrow(/secret/);
  });
});
