import { randomInt } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, expect, test } from 'vitest';
import { makeDuePurchases } from '../../src/buying/make-purchase.ts';
import { loadConfig } from '../../src/config/config.ts';
import { type Gateway, startGateway } from '../../src/gateway/gateway.ts';
import { createKey, createMerchant } from '../../src/merchants/operations.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { SECRET_KEY } from '../support/keys.ts';
import { TRADE_URL } from '../support/merchant.ts';

/** One node in the other ways in which it can be run: outside the sandbox, as a worker, beside a neighbour. */

const ends: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

async function place(): Promise<{ database: TestDatabase; dataDir: string }> {
  const database = await createTestDatabase();
  const dataDir = mkdtempSync(join(tmpdir(), 'skinrail-mode-'));
  ends.push(async () => {
    await database.drop();
    rmSync(dataDir, { recursive: true, force: true });
  });
  return { database, dataDir };
}

async function gateway(settings: Record<string, string>): Promise<Gateway> {
  const { database, dataDir } = await place();
  const config = loadConfig({ PORT: '0', DATA_DIR: dataDir, DATABASE_URL: database.url, ...settings });
  const started = await startGateway(config, pino({ level: 'silent' }));
  ends.push(async () => void (await started.stop()));
  return started;
}

const production = { SANDBOX: 'off', SECRET_KEY };

test('outside the sandbox its routes do not exist, no listing can be bought, and no trade URL checked', async () => {
  const { baseUrl, deps, sandbox } = await gateway(production);
  expect(sandbox).toBeNull();
  for (const [method, path] of [
    ['GET', '/sandbox/clock'],
    ['POST', '/sandbox/clock'],
    ['GET', '/sandbox/listings'],
    ['GET', '/sandbox/callbacks'],
    ['GET', '/sandbox/shop'],
    ['POST', '/sandbox/shop'],
  ]) {
    expect((await fetch(`${baseUrl}${path}`, { method: method ?? '' })).status).toBe(404);
  }
  const { merchant } = await createMerchant(deps, {
    name: 'A Shop',
    verified: true,
    callbackUrl: 'https://shop.example/callbacks',
  });
  const { apiKey } = await createKey(deps, merchant.id);
  const body = JSON.stringify({ items: [{ itemId: 'anything', price: 1 }], tradeUrl: TRADE_URL });
  const headers = { 'api-key': apiKey, 'content-type': 'application/json' };
  const answer = await fetch(`${baseUrl}/secure/buy`, { method: 'POST', headers, body });
  expect(await answer.json()).toMatchObject({ error: { key: 'INVALID_LISTING_ID' } });
  const check = await fetch(`${baseUrl}/secure/check-tradeurl`, {
    method: 'POST',
    headers,
    body: JSON.stringify({ tradeurl: TRADE_URL }),
  });
  expect(check.status).toBe(503);
  // An empty page would say that nothing is on sale.
  const market = await fetch(`${baseUrl}/secure/market?game=730`, { headers });
  expect(market.status).toBe(503);
  expect(await market.json()).toMatchObject({ error: { key: 'SERVICE_UNAVAILABLE' } });
  expect(await check.json()).toMatchObject({
    error: { key: 'SERVICE_UNAVAILABLE', message: 'This gateway has no trade URL checker.' },
  });
  // With no supplier there is nothing to go on with, and nothing that fails.
  expect(await makeDuePurchases(deps)).toBe(0);
});

test('a worker says that it is well, and leaves merchants to the other nodes', async () => {
  const { baseUrl, sandbox } = await gateway({ ROLE: 'worker', MARKETPLACE_PORT: '0' });
  expect((await fetch(`${baseUrl}/health`)).status).toBe(200);
  expect((await fetch(`${baseUrl}/metrics`)).status).toBe(200);
  const headers = { 'api-key': sandbox?.apiKey ?? '' };
  for (const path of ['/secure/trades', '/v1/wallets/me/balance']) {
    expect((await fetch(`${baseUrl}${path}`, { headers })).status).toBe(404);
  }
  expect((await fetch(`${baseUrl}/secure/buy/a/items/b/cancel`, { method: 'POST', headers })).status).toBe(404);
});

/** A port that is taken; the system gives the one 10,000 below it to nobody by chance, so a gateway can have that. */
async function neighbourPort(): Promise<number> {
  for (;;) {
    const neighbour = createServer();
    const taken = randomInt(30_000, 42_000);
    const isFree = await new Promise<boolean>((resolve) => {
      neighbour.once('error', () => resolve(false));
      neighbour.listen(taken, '127.0.0.1', () => resolve(true));
    });
    if (!isFree) continue;
    ends.push(() => new Promise((resolve) => neighbour.close(() => resolve())));
    return taken;
  }
}

test('a sandbox whose usual marketplace port is taken, by a neighbour perhaps, takes another', async () => {
  const taken = await neighbourPort();
  const { sandbox } = await gateway({ PORT: String(taken - 10_000) });
  expect(sandbox?.marketplaceUrl).not.toBe(`http://127.0.0.1:${taken}`);
  expect((await fetch(`${sandbox?.marketplaceUrl}/control/clock`)).status).toBe(200);
});

test('a request that was under way when its node stops is answered like anything else, and its connection ends', async () => {
  const { database, dataDir } = await place();
  const settings = { PORT: '0', DATA_DIR: dataDir, DATABASE_URL: database.url, ROLE: 'api', MARKETPLACE_PORT: '0' };
  const { baseUrl, ...node } = await startGateway(loadConfig(settings), pino({ level: 'silent' }));
  const socket = connect(Number(new URL(baseUrl).port), '127.0.0.1');
  const chunks: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => chunks.push(chunk));
  const ended = new Promise((resolve) => socket.once('close', resolve));
  // A request that is not whole yet keeps its connection open.
  socket.write('POST /suppliers/cs2dt/hint HTTP/1.1\r\nhost: a\r\ncontent-length: 2\r\n\r\n{');
  expect((await fetch(`${baseUrl}/health`)).status).toBe(200);
  const stopped = node.stop();
  await expect
    .poll(() =>
      fetch(`${baseUrl}/health`).then(
        () => 'listens',
        () => 'does not',
      ),
    )
    .toBe('does not');
  socket.write('}');
  await ended;
  await stopped;
  expect(Buffer.concat(chunks).toString()).toMatch(/^HTTP\/1\.1 403[\s\S]*connection: close[\s\S]*"key":"FORBIDDEN"/);
});

test('a sandbox whose time moved at the marketplace only is together again after the next move', async () => {
  const { baseUrl, sandbox } = await gateway({ MARKETPLACE_PORT: '0' });
  const headers = { 'content-type': 'application/json' };
  const aDay = JSON.stringify({ offsetMs: 86_400_000 });
  // As a move leaves it whose second half failed, the database being away.
  await fetch(`${sandbox?.marketplaceUrl}/control/clock`, { method: 'PUT', headers, body: aDay });
  const body = JSON.stringify({ advance: '31m' });
  const answer = await fetch(`${baseUrl}/sandbox/clock`, { method: 'POST', headers, body });
  expect(await answer.json()).toMatchObject({ data: { offsetMs: 86_400_000 } });
});
