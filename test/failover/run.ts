import { setTimeout as pause } from 'node:timers/promises';
import type { Cleanup } from '../../bench/cleanup.ts';
import { HOUR_MS } from '../../src/core/clock.ts';
import { type GatewayBooks, nothingIsBought, readGateway, readMarketplace } from '../chaos/books.ts';
import { drain } from '../chaos/drain.ts';
import { judge } from '../chaos/judge.ts';
import type { World } from '../chaos/merchant.ts';
import { Operator } from '../chaos/operator.ts';
import { type Crowd, readTrades } from '../chaos/run.ts';
import { DATABASE, OPENING_MILLS } from '../chaos/stage.ts';
import { TimeMachine } from '../chaos/time.ts';
import { verifyBooks } from '../chaos/verify-books.ts';
import { Turnstile, until } from '../chaos/wait.ts';
import { HealthWatch } from './health-watch.ts';
import type { FailoverOptions } from './options.ts';
import { reconcileAll } from './reconciled.ts';
import { type Report, reportOf } from './report.ts';
import { Shoppers } from './shoppers.ts';
import type { Loss } from './silent-proxy.ts';
import { type Stage, setUp } from './stage.ts';
import { type Struck, strikeCluster, strikeStatement } from './strikes.ts';
import { Timeline } from './timeline.ts';

/** Nobody waits for a place: what merchants begin does not depend on what they are answered. */
const IN_FLIGHT_MAX = 2000;
const WARM_UP_MS = 5000;
const BEFORE_STRIKE_MS = 2000;
/** After that what was bought before can be cancelled at every marketplace. */
const UNTIL_RIPE = '33m';
const QUIET_WITHIN_MS = 60_000;
/** A purchase whose answer was lost is repeated for a day of the sandbox's time. */
const DRAIN_WITHIN_MS = 20 * 60_000;
const losses: readonly Loss[] = ['on its way', 'on its way back'];

interface Run {
  readonly options: FailoverOptions;
  readonly stage: Stage;
  readonly timeline: Timeline;
  readonly time: TimeMachine;
  readonly crowd: Crowd;
  readonly shoppers: Shoppers;
  readonly health: readonly HealthWatch[];
}

/** The whole run: start, faults under load, drain, judge. */
export async function runFailover(
  options: FailoverOptions,
  programs: string,
  folder: string,
  cleanup: Cleanup,
): Promise<Report> {
  const startedAt = new Date();
  const timeline = new Timeline(options.say);
  const run = begin(options, await setUp(options, { programs, folder, tally: timeline, cleanup }), timeline, cleanup);
  const struck = await strikeAll(run);
  await run.shoppers.cancelTheRest();
  await comeToRest(run, startedAt);
  return reportOf({ ...run, struck, seconds: (Date.now() - startedAt.getTime()) / 1000 });
}

function begin(options: FailoverOptions, stage: Stage, timeline: Timeline, cleanup: Cleanup): Run {
  const time = new TimeMachine(stage.nodes);
  const crowd: Crowd = { told: [], begun: new Set(), busy: 0, isOver: false };
  const turnstile = new Turnstile(IN_FLIGHT_MAX);
  const world: World = { nodes: stage.nodes, tally: timeline, time, turnstile, isOver: () => crowd.isOver };
  const shoppers = new Shoppers(world, stage.merchants, crowd, options);
  const health = stage.nodes.map((node) => new HealthWatch(node));
  cleanup.add('merchants', async () => {
    crowd.isOver = true;
    await Promise.all(health.map((watch) => watch.stop()));
  });
  return { options, stage, timeline, time, crowd, shoppers, health };
}

async function strikeAll(run: Run): Promise<Struck[]> {
  const { options, shoppers, stage } = run;
  const struck: Struck[] = [];
  shoppers.start();
  await pause(WARM_UP_MS);
  await shoppers.stop();
  for (let round = 1; round <= options.rounds; round++) {
    for (const name of options.faults) {
      struck.push(...(await underLoad(run, `${name}, round ${round}`, () => strikeCluster(name, run))));
      await stage.cluster.recover(name);
    }
  }
  for (const kind of options.statements) {
    for (const loss of losses) {
      struck.push(...(await underLoad(run, `${kind}, lost ${loss}`, () => strikeStatement(kind, loss, run))));
    }
  }
  return struck;
}

async function underLoad(run: Run, name: string, strike: () => Promise<Struck | null>) {
  const { options, shoppers, time } = run;
  await boughtInFull(run);
  if (!(await time.advance(UNTIL_RIPE))) throw new Error('the clock could not be moved');
  await marketsRead(run);
  shoppers.ripen();
  shoppers.start();
  await pause(BEFORE_STRIKE_MS);
  const struck = await strike();
  await shoppers.stop();
  if (struck) options.say(`${name}: ${JSON.stringify(struck)}`);
  return struck ? [struck] : [];
}

/**
 * An order that is made after the clock has moved would be too young to be cancelled. Reads of orders that exist are not waited
 * for: a marketplace takes so many a minute, and after a long outage there are hundreds.
 */
async function boughtInFull({ stage, time, timeline }: Run): Promise<void> {
  const isQuiet = () => nothingIsBought(stage.postgres.url(DATABASE), time.nowMs);
  if (!(await until(isQuiet, QUIET_WITHIN_MS, 250))) timeline.found('other', 'purchases wait for too long');
}

/** Listings that were read before the clock has moved are too old to be bought. */
async function marketsRead({ stage, time, timeline }: Run): Promise<void> {
  const since = time.nowMs - 60_000;
  const areRead = async () =>
    (await Promise.all(stage.nodes.map((node) => oldestFeedMs(node)))).every((at) => at >= since);
  if (!(await until(areRead, QUIET_WITHIN_MS, 500))) timeline.found('other', 'the markets are not read');
}

/** When the feed that is the oldest at a node was read; 0: one was never read. */
async function oldestFeedMs(node: string): Promise<number> {
  const answer = await fetch(`${node}/metrics`);
  const read = (await answer.text()).matchAll(/^skinrail_market_feed_timestamp_seconds\{.*\} (\S+)$/gm);
  return Math.min(...[...read].map(([, seconds]) => Number(seconds) * 1000));
}

/** Waits for the end of all that is under way, stops the processes, and compares what everybody knows. */
async function comeToRest({ options, stage, timeline, time, crowd, health }: Run, startedAt: Date): Promise<void> {
  const { cluster, gateways, marketplace, marketplaceFile, receiver, nodes, merchants, secretKey } = stage;
  const url = cluster.primary.server.url(DATABASE);
  const operator = new Operator(stage);
  const drained = await drain(url, { time, crowd, operator, say: options.say, withinMs: DRAIN_WITHIN_MS });
  if (!drained) timeline.found('other', 'not everything was over when the drain had to end');
  crowd.isOver = true;
  const shown = await readTrades(nodes, merchants, crowd.told);
  await Promise.all(health.map((watch) => watch.stop()));
  await Promise.all(gateways.map((gateway) => gateway.stop()));
  for (const { supplier, wrong } of await reconcileAll(stage, new Date(startedAt.getTime() - HOUR_MS))) {
    for (const each of wrong) timeline.found('other', `reconciliation with ${supplier}: ${each}`);
  }
  await marketplace.stop();
  for (const death of [...gateways, marketplace].flatMap(({ deaths }) => deaths)) timeline.found('other', death);
  await until(() => crowd.busy === 0, QUIET_WITHIN_MS);
  const { taken, approved, rejected, answers } = receiver;
  const said = { taken, approved, rejected, answers };
  const books = { gateway: await verified(url, secretKey, timeline), marketplace: readMarketplace(marketplaceFile) };
  judge({ ...crowd, ...said, ...books, shown, openingMills: OPENING_MILLS }, timeline);
}

/** What the gateways left in their database, after `skinrail verify`. */
async function verified(url: string, secretKey: string, timeline: Timeline): Promise<GatewayBooks> {
  const { ok, output } = await verifyBooks(url, secretKey);
  if (!ok) timeline.found('other', `skinrail verify: ${output}`);
  return readGateway(url);
}
