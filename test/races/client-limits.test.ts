import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { GatewayProcess } from '../../sandbox/demo/gateway-process.ts';
import { ShopClient } from '../../sandbox/demo/shop-client.ts';
import { type RunningMarketplace, startMarketplace } from '../../sandbox/marketplace/server.ts';
import { shop } from '../../sandbox/shop.ts';
import { openDatabase } from '../../src/db/connect.ts';
import { verify } from '../../src/verify/verify.ts';
import { accounts, signToken, tokenClaims } from '../support/client.ts';
import { createTestDatabase, postgresUrl, type TestDatabase } from '../support/database.ts';

const NEVER_SHIPS = 'AK-47 | Never Ships (Field-Tested)';

/** Clients of one merchant withdraw over two gateway processes at the same moment: no limit lets one too many through. */
describe.skipIf(!postgresUrl)('limits of clients over two gateways', () => {
  let marketplace: RunningMarketplace;
  let database: TestDatabase;
  const nodes: GatewayProcess[] = [];
  const folders: string[] = [];

  beforeAll(async () => {
    database = await createTestDatabase();
    marketplace = await startMarketplace({ port: 0, file: ':memory:', plugins: [shop] });
    const settings = {
      DATABASE_URL: database.url,
      MARKETPLACE_URL: marketplace.url,
      SECRET_KEY: randomBytes(32).toString('hex'),
      TICK_MS: '50',
    };
    // One after the other: both would otherwise make a demo merchant's key.
    for (let i = 0; i < 2; i++) {
      const folder = mkdtempSync(join(tmpdir(), 'skinrail-node-'));
      folders.push(folder);
      nodes.push(await GatewayProcess.start(folder, settings));
    }
    // A node that does not know the market yet answers that instead of a limit.
    for (const node of nodes) await new ShopClient(node).untilMarketIsKnown();
  });

  afterAll(async () => {
    await Promise.all(nodes.map((node) => node.stop()));
    const opened = await openDatabase({ url: database.url });
    const broken = (await verify(opened.db, new Date())).filter((rule) => rule.broken !== null);
    await opened.close();
    await marketplace.close();
    await database.drop();
    for (const folder of folders) rmSync(folder, { recursive: true, force: true });
    expect(broken).toEqual([]);
  });

  async function call(nth: number, method: string, path: string, headers: Record<string, string>, body?: unknown) {
    const answer = await fetch(`${nodes[nth % nodes.length]?.baseUrl}${path}`, {
      method,
      headers: { 'content-type': 'application/json', ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return (await answer.json()) as { data?: unknown; error?: { key: string; details?: { limit?: string } } }; // the envelope
  }

  function shopOf() {
    const file = nodes[0]?.sandboxFile();
    if (!file) throw new Error('the first node runs');
    return file;
  }

  async function withdrawTwelveTimes(account: (typeof accounts)[keyof typeof accounts]) {
    const { merchantId, apiSecret } = shopOf();
    const token = signToken(
      apiSecret,
      { alg: 'HS256', userId: merchantId },
      tokenClaims(merchantId, account, new Date()),
    );
    // Quick buys: no marketplace is asked, which a busy machine could keep from answering.
    const body = { marketHashName: NEVER_SHIPS, maxPrice: 15.5, amount: 1 };
    const headers = { authorization: `Bearer ${token}` };
    return Promise.all(
      Array.from({ length: 12 }, (_, n) => call(n, 'POST', '/client/trading/withdraw/quick', headers, body)),
    );
  }

  const setLimits = (body: unknown) => call(0, 'PUT', '/v1/clients/limits', { 'api-key': shopOf().apiKey }, body);

  test('of twelve withdrawals of one client at once, exactly those pass that fit into its dollars in flight', async () => {
    await setLimits({ each: { inFlight: 50 } });
    const answers = await withdrawTwelveTimes(accounts.ann);
    const refused = answers.filter((answer) => answer.error);
    expect(refused.map((answer) => answer.error?.details?.limit ?? answer.error?.key)).toEqual(
      Array(9).fill('inFlight'),
    );
  });

  test('of two clients at once, exactly as many as all of them may make in a day', async () => {
    await setLimits({ all: { withdrawalsPerDay: 7 } });
    const answers = await Promise.all([accounts.ann, accounts.ben].map(withdrawTwelveTimes));
    // Three were made before.
    expect(answers.flat().filter((answer) => !answer.error)).toHaveLength(4);
  });
});
