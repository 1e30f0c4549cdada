// How a node starts while its database is away, and how it stops while work is under way.
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync, statSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { DataFolder } from '../../src/cli/data-folder.ts';
import { sendToGateway } from '../../src/cli/operator-client.ts';
import { createPostgres, postgresUrl } from '../support/database.ts';
import { TRADE_URL } from '../support/merchant.ts';
import { Running, serve, skinrail, temporaryDataFolder, temporaryFolder } from './process.ts';

/** A free port on which nobody listens yet; `open` lets it through to PostgreSQL. */
async function absentDatabase(serverUrl: string) {
  const place = await createPostgres(serverUrl);
  const there = new URL(place.url);
  const proxy = createServer((client) => {
    const upstream = connect(Number(there.port || 5432), there.hostname);
    client.pipe(upstream).pipe(client);
    for (const socket of [client, upstream]) socket.on('error', () => socket.destroy());
  });
  const listen = (port: number) => once(proxy.listen(port, '127.0.0.1'), 'listening');
  await listen(0);
  const address = proxy.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  await new Promise((resolve) => proxy.close(resolve));
  const url = new URL(place.url);
  url.port = String(port);
  url.hostname = '127.0.0.1';
  return { url: url.href, open: () => listen(port), close: () => proxy.close(), drop: () => place.drop() };
}

/** Buys an item whose first cancel gets no answer, makes it old enough, and gives the path of its cancel. */
async function anItemToCancel({ sandbox }: Running, dataDir: string) {
  const call = async (method: string, path: string, body?: unknown) => {
    const answer = await fetch(`${sandbox.baseUrl}${path}`, {
      method,
      headers: { 'api-key': sandbox.apiKey, 'content-type': 'application/json' },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    // biome-ignore lint/suspicious/noExplicitAny: the sandbox's own answers
    return (await answer.json()) as any;
  };
  const { data: listings } = await call('GET', '/sandbox/listings');
  const listing = listings.find((each: { behaviour: string }) => each.behaviour === 'cancel-timeout');
  const order = { tradeUrl: TRADE_URL, game: '730', items: [{ itemId: listing.id, price: listing.price }] };
  const { data: trade } = await call('POST', '/secure/buy', order);
  await operatorSees(dataDir, trade.id, (item) => item.purchases[0]?.state === 'done');
  await call('POST', '/sandbox/clock', { advance: '31m' });
  return { tradeId: String(trade.id), cancelPath: `/secure/buy/${trade.id}/items/${listing.id}/cancel` };
}

// biome-ignore lint/suspicious/noExplicitAny: as above
async function operatorSees(dataDir: string, tradeId: string, what: (item: any) => boolean): Promise<void> {
  for (;;) {
    const said = await sendToGateway(new DataFolder(dataDir), ['trade', 'show', tradeId, '--json']);
    if (what(JSON.parse(said?.stdout ?? '').items[0])) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** A gateway with a cancel that it has asked the marketplace for, which does not answer. */
async function withCancelUnderWay(env: Record<string, string>) {
  const { path, remove } = temporaryDataFolder();
  const gateway = await serve(path, env);
  const { tradeId, cancelPath } = await anItemToCancel(gateway, path);
  const { baseUrl, apiKey } = gateway.sandbox;
  const answer = fetch(`${baseUrl}${cancelPath}`, { method: 'POST', headers: { 'api-key': apiKey } });
  answer.catch(() => {}); // whoever needs it looks at it
  await operatorSees(path, tradeId, (item) => item.cancellations[0]?.state === 'requested');
  return { gateway, path, tradeId, answer, remove };
}

describe.skipIf(!postgresUrl)('a gateway whose database is away', () => {
  test('says so, waits, and starts as soon as it is there', async () => {
    const { path, remove } = temporaryFolder();
    const database = await absentDatabase(postgresUrl ?? '');
    const env = { DATABASE_URL: database.url };
    const gateway = await Running.start(path, ['serve'], 'the database cannot be reached; retrying', env);
    expect(gateway.printed).toContain('ECONNREFUSED');
    await database.open();
    await gateway.prints('/sandbox/clock');
    expect((await fetch(`${gateway.sandbox.baseUrl}/health`)).status).toBe(200);
    expect(await gateway.end('SIGTERM')).toBe(0);
    database.close();
    await database.drop();
    remove();
  });
});

describe.skipIf(!postgresUrl)('two nodes on one machine', () => {
  /** The lines of the operating guide, each on a port that is free, in a folder that is not there yet. */
  function documentedStart(folder: string, marketplaceUrl: string): string[][] {
    const guide = readFileSync(new URL('../../docs/operators/scaling.md', import.meta.url), 'utf8');
    const lines = guide.match(/^skinrail serve --role (api|worker) .*--marketplace-url .*$/gm) ?? [];
    return lines.map((line) =>
      line
        .replace(/ --port \d+/, ' --port 0')
        .replaceAll(/http:\S+/g, marketplaceUrl)
        .replace('--data .', `--data ${folder}`)
        .split(/\s+/)
        .slice(1),
    );
  }

  test('start as the operating guide says, each in a folder that is not there yet', async () => {
    const { path, remove } = temporaryFolder();
    const database = await createPostgres(postgresUrl ?? '');
    const marketplace = await Running.start(
      path,
      ['marketplace', '--port', '0', '--file', join(path, 'new', 'marketplace.db')],
      'marketplace listens at http://',
    );
    const marketplaceUrl = marketplace.printed.trim().split(' ').at(-1) ?? '';
    const env = { DATABASE_URL: database.url, SECRET_KEY: randomBytes(32).toString('hex') };
    const started: Running[] = [];
    const starts = documentedStart(path, marketplaceUrl);
    expect(starts).toHaveLength(2);
    for (const args of starts) started.push(await Running.start(path, args, '/sandbox/clock', env));
    for (const folder of ['node-1', 'node-2']) {
      const { baseUrl }: { baseUrl: string } = JSON.parse(readFileSync(join(path, folder, 'sandbox.json'), 'utf8'));
      expect((await fetch(`${baseUrl}/health`)).status).toBe(200);
      expect(statSync(join(path, folder)).mode & 0o777).toBe(0o700);
    }
    for (const node of [...started, marketplace]) expect(await node.end('SIGTERM')).toBe(0);
    await database.drop();
    remove();
  });

  test('a node on PostgreSQL with a marketplace of its own starts in a folder that is not there yet', async () => {
    const { path, remove } = temporaryFolder();
    const database = await createPostgres(postgresUrl ?? '');
    const env = { DATABASE_URL: database.url, SECRET_KEY: randomBytes(32).toString('hex') };
    const node = await serve(join(path, 'new', 'node'), env);
    expect(await node.end('SIGTERM')).toBe(0);
    await database.drop();
    remove();
  });
});

test('a database that stays away ends the start with one line, after the time that was set', async () => {
  const { path, remove } = temporaryFolder();
  const env = { DATABASE_URL: 'postgres://nobody@127.0.0.1:9/nothing', DATABASE_WAIT_MS: '700', LOG_LEVEL: 'silent' };
  const ended = await skinrail(path, ['serve'], env);
  expect(ended).toMatchObject({ code: 1, stdout: '' });
  expect(ended.stderr).toMatch(
    /^skinrail: the database could not be reached for 700 ms: .*127\.0\.0\.1:9; check that it is running and that DATABASE_URL is correct\n$/,
  );
  remove();
});

describe('told to stop while a marketplace has not answered yet', () => {
  test('a gateway that listens, and waits for its first listings, ends in order', async () => {
    const silent = createServer(() => {});
    await once(silent.listen(0, '127.0.0.1'), 'listening');
    const address = silent.address();
    const { path, remove } = temporaryDataFolder();
    const key = randomBytes(32).toString('hex');
    const env = { SANDBOX: 'off', SECRET_KEY: key, LOG_LEVEL: 'info', SUPPLIER_TIMEOUT_MS: '2000' };
    const url = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`;
    const settings = ['apiKey=a-key', 'games=730', `baseUrl=${url}`].flatMap((setting) => ['--set', setting]);
    expect(await skinrail(path, ['supplier', 'add', 'waxpeer', ...settings], env)).toMatchObject({ code: 0 });

    const gateway = await Running.start(path, ['serve'], 'Server listening', env);
    expect(gateway.printed, 'it has not started yet').not.toContain('skinrail listens');
    expect(await gateway.end('SIGTERM')).toBe(0);
    expect(gateway.printed).toMatch(/"isOrderly":true,"msg":"stopped"/);
    silent.close();
    remove();
  });

  test('a gateway still answers the request, takes no new ones, and ends in order', async () => {
    const { gateway, answer, remove } = await withCancelUnderWay({ SUPPLIER_TIMEOUT_MS: '3000' });
    const ended = gateway.end('SIGTERM');
    const told = await answer;
    expect(told.status).toBe(503);
    expect(await told.json()).toMatchObject({ error: { details: { outcome: 'unknown' } } });
    expect(await ended).toBe(0);
    expect(gateway.printed).not.toContain('cut off');
    await expect(fetch(`${gateway.sandbox.baseUrl}/health`)).rejects.toThrow();
    remove();
  });

  test('a gateway does not wait beyond its limit; the request is safe, and the next start settles it', async () => {
    const env = { SUPPLIER_TIMEOUT_MS: '60000', STOP_TIMEOUT_MS: '1500' };
    const { gateway, path, tradeId, remove } = await withCancelUnderWay(env);
    expect(await gateway.end('SIGTERM')).toBe(1);
    expect(gateway.printed).toContain(
      'a stop phase exceeded its time limit; another node or the next start continues its work',
    );

    const next = await serve(path);
    const { baseUrl } = next.sandbox;
    const body = JSON.stringify({ advance: '2m' });
    await fetch(`${baseUrl}/sandbox/clock`, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
    await operatorSees(path, tradeId, (item) => item.state === 'reverted');
    await operatorSees(path, tradeId, (item) => item.cancellations[0].state === 'settled');
    expect(await sendToGateway(new DataFolder(path), ['verify'])).toMatchObject({ exitCode: 0 });
    await next.end('SIGTERM');
    remove();
  });
});
