import { fastify } from 'fastify';
import { afterEach, describe, expect, test } from 'vitest';
import { csvParts, sendCsv } from '../../src/operator-api/csv.ts';
import { eachPage } from '../../src/operator-api/pages.ts';

/** Files for spreadsheets, made and sent a page at a time. */

const columns = [['name', (name: string) => name]] as const;
const servers: ReturnType<typeof fastify>[] = [];
afterEach(() => Promise.all(servers.splice(0).map((server) => server.close())));

async function* pagesOf(...pages: readonly (readonly string[] | Error)[]) {
  for (const page of pages) {
    if (page instanceof Error) throw page;
    yield page;
  }
}

/** The address of a server that answers with a file of these pages. */
async function served(...pages: readonly (readonly string[] | Error)[]): Promise<string> {
  const server = fastify();
  servers.push(server);
  server.get('/names.csv', (_, reply) => sendCsv(reply, 'names.csv', csvParts(columns, pagesOf(...pages))));
  return `${await server.listen({ host: '127.0.0.1', port: 0 })}/names.csv`;
}

describe('a file for spreadsheets', () => {
  test('has the names of its columns once, and the rows of every page, also behind one that is empty', async () => {
    const response = await fetch(await served([], ['ann', 'bob'], [], ['cid']));
    expect(await response.text()).toBe('name\r\nann\r\nbob\r\ncid\r\n');
    expect(response.headers.get('content-type')).toBe('text/csv; charset=utf-8');
    expect(response.headers.get('content-disposition')).toBe('attachment; filename="names.csv"');
  });

  test('is no file when its first page cannot be read', async () => {
    const response = await fetch(await served(new Error('no database')));
    expect(response.status).toBe(500);
    expect(response.headers.get('content-type')).toMatch(/^application\/json/);
    expect(response.headers.has('content-disposition')).toBe(false);
  });

  test('is cut off when a later page cannot be read, so that nobody takes a half file for a whole one', async () => {
    const response = await fetch(await served(['ann'], new Error('no database')));
    expect(response.status).toBe(200);
    await expect(response.text()).rejects.toThrow();
  });
});

describe('the pages of a list', () => {
  test('are read one after another, each when the one before was taken, until there is no next one', async () => {
    const read: (number | undefined)[] = [];
    const pages = eachPage(async (after?: number) => {
      read.push(after);
      const first = after ?? 0;
      return { page: [first], next: first < 2 ? first + 1 : null };
    });
    expect(await pages.next()).toEqual({ done: false, value: [0] });
    expect(read).toEqual([undefined]);
    const rest: number[] = [];
    for await (const page of pages) rest.push(...page);
    expect(rest).toEqual([1, 2]);
    expect(read).toEqual([undefined, 1, 2]);
  });
});
