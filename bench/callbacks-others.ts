import { setTimeout as pause } from 'node:timers/promises';
import { pino } from 'pino';
import { switchOff, switchOn } from '../src/callbacks/endpoint.ts';
import { systemClock } from '../src/core/clock.ts';
import { newId } from '../src/core/ids.ts';
import type { Database } from '../src/db/connect.ts';
import { inTransaction } from '../src/db/transaction.ts';
import { Jobs } from '../src/work/jobs.ts';
import { timesAt } from './callbacks.ts';
import { insertCallback, seedMerchants, seedQueue, seedTrades } from './callbacks-seed.ts';
import { median, quantile } from './numbers.ts';

const ROUNDS = 3;
const CALLBACKS_PER_ROUND = 1500;
const EVERY_MS = 8;
const DEAD_QUEUE = 10_000;
/** For the dead merchant's first callbacks to take all the lanes that they get. */
const SETTLE_MS = 1500;
const LAST_MAX_MS = 20_000;
/** Beyond what the drained queue has used. */
const NUMBER_FROM = 1000;

interface Urls {
  readonly fastUrl: string;
  readonly silentUrl: string;
}

export interface OthersResult {
  /** Median over the rounds of p99 with a dead merchant, over that without. */
  readonly ratio: number;
  readonly isComplete: boolean;
  readonly lines: readonly string[];
}

/**
 * Callbacks of healthy merchants, from the commit to the receiver, in turn without and with a merchant that has ten
 * thousand queued and whose URL takes requests and never answers.
 */
export async function measureOthers(
  database: Database,
  merchants: readonly string[],
  { fastUrl, silentUrl }: Urls,
): Promise<OthersResult> {
  const jobs = new Jobs(database, pino({ level: 'silent' }));
  await jobs.start();
  const dead = await seedMerchants(database, 1, silentUrl);
  await seedTrades(database, dead, DEAD_QUEUE);
  await seedQueue(database, dead, 1);
  await switchDead(database, dead, false);
  await database.exec('vacuum analyze callback');
  const sender = { database, jobs, trades: await tradesOf(database, merchants), fastUrl };
  const [without, withDead, lines]: [number[], number[], string[]] = [[], [], []];
  let isComplete = true;
  await sendRound(sender, 0);
  for (let round = 1; round <= 2 * ROUNDS; round++) {
    const isDeadOn = round % 2 === 0;
    await switchDead(database, dead, isDeadOn);
    await pause(SETTLE_MS);
    const delays = await sendRound(sender, round);
    isComplete &&= delays.length === CALLBACKS_PER_ROUND;
    (isDeadOn ? withDead : without).push(quantile(delays, 0.99));
    lines.push(lineOf(isDeadOn, delays));
  }
  await jobs.stop(5000);
  return { ratio: median(withDead) / median(without), isComplete, lines };
}

function lineOf(isDeadOn: boolean, delays: readonly number[]): string {
  const at = (share: number) => quantile(delays, share).toFixed(1);
  const title = isDeadOn ? `with ${DEAD_QUEUE} of a dead merchant` : 'without a dead merchant';
  return `  ${title.padEnd(32)} ${delays.length} callbacks  p50 ${at(0.5)}  p99 ${at(0.99)}  max ${at(1)} ms`;
}

async function switchDead({ db }: Database, dead: readonly string[], isOn: boolean): Promise<void> {
  const deps = { db, clock: systemClock };
  for (const merchantId of dead) {
    await inTransaction(deps, async (trx) => {
      if (isOn) await switchOn(deps, trx, merchantId);
      else await switchOff(deps, trx, merchantId, 'by an operator');
    });
  }
}

type Trade = { readonly merchantId: string; readonly tradeId: string };

async function tradesOf({ db }: Database, merchants: readonly string[]): Promise<Trade[]> {
  return db
    .selectFrom('trade')
    .select(['merchant_id as merchantId', 'id as tradeId'])
    .where('merchant_id', 'in', merchants)
    .orderBy('id')
    .limit(CALLBACKS_PER_ROUND)
    .execute();
}

interface Sender {
  readonly database: Database;
  readonly jobs: Jobs;
  readonly trades: readonly Trade[];
  readonly fastUrl: string;
}

/** @returns how long each took that came, in milliseconds */
async function sendRound({ database, jobs, trades, fastUrl }: Sender, round: number): Promise<number[]> {
  const committed = new Map<string, number>();
  for (let index = 0; index < CALLBACKS_PER_ROUND; index++) {
    const trade = trades[index % trades.length];
    if (!trade) throw new Error('there are no trades');
    const id = newId(new Date());
    void database.db
      .transaction()
      .execute(async (trx) => {
        await insertCallback(trx, { ...trade, id, number: NUMBER_FROM + round });
        await jobs.enqueue(trx, 'send-callbacks', [trade]);
      })
      .then(() => committed.set(id, performance.timeOrigin + performance.now()));
    await pause(EVERY_MS * 2 * Math.random());
  }
  const delays: number[] = [];
  for (const end = performance.now() + LAST_MAX_MS; delays.length < CALLBACKS_PER_ROUND && performance.now() < end; ) {
    await pause(100);
    for (const [id, atMs] of await timesAt(fastUrl)) {
      const since = committed.get(id);
      if (since !== undefined) delays.push(Math.max(0, atMs - since));
    }
  }
  return delays;
}
