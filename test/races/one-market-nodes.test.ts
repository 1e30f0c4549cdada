import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { later, SECOND_MS } from '../../src/core/clock.ts';
import { type Gateway, startGateway } from '../../src/gateway/gateway.ts';
import { circuitOf, closeCircuit, recordSign } from '../../src/supplier-health/store.ts';
import { postgresUrl } from '../support/database.ts';
import { OtherMarket } from '../support/other-market.ts';
import { World } from '../support/world.ts';

/** Two nodes on one PostgreSQL, and a marketplace whose purchases fail. */
describe.skipIf(!postgresUrl)('all nodes agree whether a marketplace is offered', () => {
  const WAXPEER = 'waxpeer';
  const folder = mkdtempSync(join(tmpdir(), 'skinrail-node-'));
  let other: OtherMarket;
  let world: World;
  let second: Gateway;

  beforeAll(async () => {
    other = await OtherMarket.start();
    const settings = { SECRET_KEY: '7b'.repeat(32), SUPPLIER_FAILURES_MAX: '3' };
    world = await World.start(settings, undefined, [{ kind: other.kind, given: other.given }]);
    const { deps, sandbox } = world.gateway;
    const config = { ...deps.config, port: 0, dataDir: folder, marketplaceUrl: sandbox?.marketplaceUrl ?? '' };
    second = await startGateway(config, pino({ level: 'silent' }), deps.supplierKinds);
    await world.until(() => [world.gateway, second].every(isOffered), 'both nodes offer it');
  });
  afterAll(async () => {
    await second?.stop();
    await world?.stop();
    await other?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  function isOffered({ deps }: Gateway): boolean {
    return deps.market.offers({ game: '730' }).some(({ supplier }) => supplier.id === WAXPEER);
  }
  const agree = (offered: boolean) =>
    world.until(() => [world.gateway, second].every((node) => isOffered(node) === offered), `offered: ${offered}`);

  test('purchases that fail on either node count together, and both leave it, try it, and offer it again', async () => {
    const merchant = await world.merchant();
    const [offer] = world.gateway.deps.market
      .offers({ game: '730', marketHashName: world.testListing('never-ships').marketHashName })
      .filter(({ supplier }) => supplier.id === WAXPEER);
    if (!offer) throw new Error('it offers nothing');
    const listing = { ...world.testListing('never-ships'), id: offer.id };
    other.manner = '503';
    for (let n = 0; n < 3; n++) await merchant.buys([listing]);
    await agree(false);
    await world.passes('31s');
    await agree(true);
    other.manner = 'sells';
    await merchant.buys([listing]);
    await world.until(async () => (await circuitOf(second.deps, WAXPEER)).opening === null, 'it is closed');
  });

  test('failures that are counted at once are all counted, and open it once', async () => {
    const nodes = [world.gateway.deps, second.deps];
    const at = world.now;
    const signs = Array.from({ length: 20 }, (_, n) =>
      recordSign(nodes[n % 2] ?? world.gateway.deps, { supplier: WAXPEER, at }, { kind: 'failed', reason: 'a test' }),
    );
    await Promise.all(signs);
    const { openings, failures, opening } = await circuitOf(second.deps, WAXPEER);
    // Those after the third were sent before the trial, and say nothing new.
    expect({ openings, failures }).toEqual({ openings: 1, failures: 3 });
    expect(opening?.retryAt).toEqual(later(opening?.at ?? at, 30 * SECOND_MS));
    await agree(false);
  });

  test('an operator who has mended the cause closes it for all', async () => {
    await closeCircuit(world.gateway.deps, WAXPEER);
    await agree(true);
  });
});
