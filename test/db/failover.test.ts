// A gateway beside a primary and its standby, of which the primary dies and the standby is promoted.
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { freePorts } from '../../sandbox/demo/free-ports.ts';
import type { Db } from '../../src/db/connect.ts';
import { findPostgres, PostgresServer } from '../chaos/postgres-server.ts';
import { World } from '../support/world.ts';

const programs = findPostgres();
const CALLERS = 4;
/** A merchant that is told to try again does so, and not at once. */
const RETRY_AFTER_MS = 50;

async function waiting(db: Db): Promise<number> {
  const { rows } = await sql<{
    count: number;
  }>`select count(*)::int as count from trade where status = 'initiated'`.execute(db);
  return rows[0]?.count ?? 0;
}

describe.skipIf(!programs)('two database servers', () => {
  let folder: string;
  let primary: PostgresServer;
  let standby: PostgresServer;
  let world: World;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'skinrail-failover-'));
    chmodSync(folder, 0o755); // PostgreSQL runs as a user of its own
    const [here = 0, there = 0] = await freePorts(2);
    primary = PostgresServer.create(programs ?? '', folder, here);
    await primary.start();
    standby = await primary.standby('standby', there);
    await standby.start();
    const hosts = [standby, primary].map(({ port }) => `127.0.0.1:${port}`).join(',');
    world = await World.start({
      DATABASE_URL: `postgres://postgres@${hosts}/postgres?target_session_attrs=read-write`,
    });
  });

  afterAll(async () => {
    await world.stop();
    await Promise.all([primary.end('SIGINT'), standby.end('SIGINT')]);
    rmSync(folder, { recursive: true, force: true });
  });

  test('when the primary dies and the standby is promoted, buys go on by themselves, none is lost and none is made twice', async () => {
    const merchant = await world.merchant();
    const listing = world.testListing('never-ships');
    const bought: string[] = [];
    const statuses = new Set<number>();
    let isOver = false;
    const buysOn = async (caller: number) => {
      for (let number = 0; !isOver; number++) {
        const externalId = `order-${caller}-${number}`;
        const answer = await merchant.asksToBuy([listing], { externalId });
        statuses.add(answer.status);
        if (answer.status === 200) bought.push(externalId);
        else await pause(RETRY_AFTER_MS);
      }
    };
    const callers = Promise.all(Array.from({ length: CALLERS }, (_, caller) => buysOn(caller)));
    await world.until(() => bought.length >= 10, 'ten buys');
    await primary.end('SIGKILL');
    await standby.promote();
    const boughtBefore = bought.length;
    await world.until(() => bought.length >= boughtBefore + 10, 'ten buys more', 15_000);
    isOver = true;
    await callers;
    expect([...statuses].sort()).toEqual([200, 503]);
    for (const externalId of bought) expect((await merchant.trade(externalId)).externalId).toBe(externalId);
    // Jobs that were given out when the primary died come back after a minute; due rows do not wait for them.
    const { db } = world.gateway.deps;
    await world.until(async () => (await waiting(db)) === 0, 'every trade is approved and bought', 20_000);
    await sql`delete from pgboss.job`.execute(db);
  });
});
