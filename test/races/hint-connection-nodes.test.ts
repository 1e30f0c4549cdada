import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { shop } from '../../sandbox/shop.ts';
import { type Gateway, startGateway } from '../../src/gateway/gateway.ts';
import { openSimulator } from '../suppliers/harness.ts';
import { postgresUrl } from '../support/database.ts';
import { World } from '../support/world.ts';

/** Two nodes on one PostgreSQL, and a marketplace that pushes over a connection. */
describe.skipIf(!postgresUrl)('one node at a time is connected to a marketplace', () => {
  const folders: string[] = [];
  const started: Gateway[] = [];
  let market: Awaited<ReturnType<typeof openSimulator>>;
  let world: World;

  beforeAll(async () => {
    market = await openSimulator(undefined, [shop]);
    const settings = { SECRET_KEY: '7b'.repeat(32), MARKETPLACE_URL: market.url };
    world = await World.start(settings);
    await world.until(async () => (await facts()).open === 1, 'a node is connected');
  });
  afterAll(async () => {
    await Promise.all(started.map((node) => node.stop()));
    await world?.stop();
    await market?.close();
    for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  });

  const facts = async () =>
    // The sandbox's own route.
    (await (await market.control('GET', '/lis-skins/socket')).json()) as { open: number; subscribed: number };

  async function startsNode(): Promise<Gateway> {
    const folder = mkdtempSync(join(tmpdir(), 'skinrail-node-'));
    folders.push(folder);
    const config = { ...world.gateway.deps.config, port: 0, dataDir: folder };
    const node = await startGateway(config, pino({ level: 'silent' }));
    started.push(node);
    return node;
  }
  const isConnected = async ({ deps }: Gateway) => {
    const { values } = await deps.metrics.supplierConnected.get();
    return values.some(({ value }) => value === 1);
  };
  const lease = () =>
    world.gateway.deps.db.selectFrom('supplier_connection').select('leased_until').executeTakeFirstOrThrow();

  test('the second node stays away while the first renews its lease', async () => {
    const second = await startsNode();
    const first = await lease();
    await world.until(async () => {
      second.lookForWork();
      return ((await lease()).leased_until ?? new Date(0)) > (first.leased_until ?? new Date(0));
    }, 'the lease is renewed');
    expect(await facts()).toEqual(expect.objectContaining({ open: 1, subscribed: 1 }));
    expect(await isConnected(world.gateway)).toBe(true);
    expect(await isConnected(second)).toBe(false);
  });

  test('when the connected node stops, another one connects', async () => {
    const [second] = started;
    if (!second) throw new Error('there is no second node');
    // Break the first node's connection until the second one has it.
    await world.until(async () => {
      if (await isConnected(second)) return true;
      if (await isConnected(world.gateway)) await market.control('POST', '/lis-skins/socket/close');
      second.lookForWork();
      return false;
    }, 'the second node is connected');
    expect((await facts()).open).toBe(1);
    await second.stop();
    await world.until(() => isConnected(world.gateway), 'the first node is connected');
    expect((await facts()).open).toBe(1);
  });
});
