import { setTimeout as pause } from 'node:timers/promises';
import type { Cleanup } from '../../bench/cleanup.ts';
import { freePorts } from '../../sandbox/demo/free-ports.ts';
import type { TradeWire } from '../../src/trades/wire.ts';
import { Random } from '../simulation/random.ts';
import { readGateway, readMarketplace } from './books.ts';
import { call, hangUp } from './call.ts';
import { DatabaseFaults } from './database-faults.ts';
import { drain } from './drain.ts';
import { Faults } from './faults.ts';
import { judge } from './judge.ts';
import { allListings } from './markets.ts';
import { type Identity, Merchant, type Told, type World } from './merchant.ts';
import { Operator } from './operator.ts';
import type { ChaosOptions } from './options.ts';
import type { CuttingProxy } from './proxy.ts';
import { Receiver } from './receiver.ts';
import { type Report, reportOf } from './report.ts';
import { drawPlan, type TestListing } from './shopping.ts';
import { DATABASE, OPENING_MILLS, openMerchants, ROLE, type Stage, setUp } from './stage.ts';
import type { Supervised } from './supervised.ts';
import { Tally } from './tally.ts';
import { TimeMachine } from './time.ts';
import { UrlKeepers } from './url-keepers.ts';
import { verifyBooks } from './verify-books.ts';
import { Turnstile, until } from './wait.ts';

const IN_FLIGHT_MAX = 48;
/** Buys without an answer yet; more would only wait for one another. */
const BUYING_MAX = 64;
const READY_WITHIN_MS = 120_000;
/** How long after the last buy things go on breaking, so that cancels and deliveries have their share. */
const FAULTS_AFTER_LAST_BUY_MS = 8000;
const REFS_MAX = 100;
const PROGRESS_EVERY_MS = 10_000;

export interface Crowd {
  readonly told: Told[];
  readonly begun: Set<string>;
  /** Merchants that still have something to do. */
  busy: number;
  /** Nobody tries anything again. */
  isOver: boolean;
}

/** What a run is made of. */
interface Run {
  readonly options: ChaosOptions;
  readonly tally: Tally;
  readonly receiver: Receiver;
  readonly stage: Stage;
  readonly merchants: readonly Identity[];
  readonly database: DatabaseFaults;
  readonly faults: Faults;
  readonly time: TimeMachine;
  readonly keepers: UrlKeepers;
  readonly operator: Operator;
  readonly crowd: Crowd;
  readonly startedAt: number;
}

/** The whole run: start, load while everything breaks, drain, judge. */
export async function runChaos(
  options: ChaosOptions,
  programs: string,
  folder: string,
  cleanup: Cleanup,
): Promise<Report> {
  const run = await setTheStage(options, programs, folder, cleanup);
  await load(run, cleanup);
  const shown = await comeToRest(run);
  const { stage, tally, receiver, crowd } = run;
  const verified = await verifyBooks(stage.postgres.url(DATABASE), stage.secretKey);
  if (!verified.ok) tally.found('other', `skinrail verify: ${verified.output}`);
  for (const death of processesOf(stage).flatMap(({ deaths }) => deaths)) tally.found('other', death);
  const gateway = await readGateway(stage.postgres.url(DATABASE));
  const marketplace = readMarketplace(stage.marketplaceFile);
  const { taken, approved, rejected, answers } = receiver;
  const said = { taken, approved, rejected, answers };
  judge({ ...crowd, ...said, gateway, marketplace, shown, openingMills: OPENING_MILLS }, tally);
  return reportOf({ ...run, gateway, marketplace, verified, seconds: (performance.now() - run.startedAt) / 1000 });
}

async function setTheStage(options: ChaosOptions, programs: string, folder: string, cleanup: Cleanup): Promise<Run> {
  const startedAt = performance.now();
  const tally = new Tally(options.say);
  const receiver = new Receiver(tally);
  const [receiverPort = 0] = await freePorts(1);
  await receiver.start(receiverPort);
  cleanup.add('receiver', () => receiver.stop());
  const stage = await start(programs, folder, new Random(options.seed), cleanup);
  const merchants = await openMerchants(stage, receiver, receiverPort);
  const database = new DatabaseFaults(stage.postgres.url(DATABASE), ROLE, new Random(options.seed + 1));
  await database.install();
  for (const process of processesOf(stage)) process.start();
  await allReady(stage);
  const time = new TimeMachine(stage.nodes);
  const proxies = allProxies(stage);
  const faults = new Faults({ ...stage, database, proxies, receiver, time }, new Random(options.seed + 2), tally);
  const keepers = new UrlKeepers(stage.nodes, merchants, tally);
  cleanup.add('keepers', () => keepers.stop());
  const crowd: Crowd = { told: [], begun: new Set(), busy: 0, isOver: false };
  const operator = new Operator(stage);
  return { options, tally, receiver, stage, merchants, database, faults, time, keepers, operator, crowd, startedAt };
}

/** Merchants buy, cancel and look while everything breaks. */
async function load(run: Run, cleanup: Cleanup): Promise<void> {
  const { options, stage, tally, time, merchants, keepers, faults, crowd } = run;
  const turnstile = new Turnstile(IN_FLIGHT_MAX);
  const world: World = { nodes: stage.nodes, tally, time, turnstile, isOver: () => crowd.isOver };
  const progress = setInterval(() => {
    const { told, begun, busy } = crowd;
    options.say(
      `${begun.size} begun, ${told.length} placed, ${busy} merchants busy, ${tally.findings.length} findings`,
    );
  }, PROGRESS_EVERY_MS);
  cleanup.add('progress', async () => clearInterval(progress));
  keepers.start();
  faults.start();
  await placeTrades(options, world, merchants, allListings, crowd);
  await pause(FAULTS_AFTER_LAST_BUY_MS);
  options.say('no more faults; draining');
  await faults.stop();
  await allReady(stage);
}

/** Waits for the end of all that is under way, and stops the processes. @returns trades as `GET` shows them then */
async function comeToRest({ options, stage, tally, time, keepers, operator, merchants, crowd }: Run) {
  const drained = await drain(stage.postgres.url(DATABASE), { time, crowd, operator, say: options.say });
  if (!drained) tally.found('other', 'not everything was over when the drain had to end');
  crowd.isOver = true;
  await until(() => crowd.busy === 0, READY_WITHIN_MS);
  await keepers.stop();
  const shown = await readTrades(stage.nodes, merchants, crowd.told);
  await Promise.all(processesOf(stage).map((process) => process.stop()));
  return shown;
}

function allProxies({ proxies: { database, marketplace, merchants } }: Stage): CuttingProxy[] {
  return [database, marketplace, ...merchants];
}

function processesOf({ marketplace, gateways }: Stage): Supervised[] {
  return [marketplace, ...gateways];
}

async function start(programs: string, folder: string, random: Random, cleanup: Cleanup): Promise<Stage> {
  const stage = await setUp(programs, folder, random);
  cleanup.add('PostgreSQL', () => stage.postgres.end('SIGINT'));
  for (const proxy of allProxies(stage)) cleanup.add('wire', () => proxy.stop());
  for (const process of processesOf(stage)) cleanup.add(process.name, () => process.stop());
  cleanup.add('connections', hangUp);
  return stage;
}

async function allReady(stage: Stage): Promise<void> {
  const processes = processesOf(stage);
  if (await until(() => processes.every((process) => process.isReady), READY_WITHIN_MS)) return;
  const late = processes.filter((process) => !process.isReady).map((process) => `${process.name} (${process.logPath})`);
  throw new Error(`not ready in time: ${late.join(', ')}`);
}

async function placeTrades(
  options: ChaosOptions,
  world: World,
  merchants: readonly Identity[],
  testListings: readonly TestListing[],
  crowd: Crowd,
): Promise<void> {
  const startedAt = performance.now();
  const buying = new Turnstile(BUYING_MAX);
  const placed: Promise<void>[] = [];
  for (let number = 0; number < options.trades; number++) {
    await pause(Math.max(0, startedAt + (number * 1000) / options.rate - performance.now()));
    await buying.pass(async () => {}); // Waits while too many are under way.
    const random = new Random(options.seed * 1_000_003 + number);
    const plan = drawPlan(random, testListings, `order-${number}`);
    const merchant = new Merchant(world, random.pick(merchants), plan, random);
    crowd.begun.add(plan.externalId);
    crowd.busy++;
    placed.push(buying.pass(() => live(merchant, crowd)));
  }
  await Promise.all(placed);
}

/** @returns once the trade is placed; what the merchant does after that goes on by itself */
async function live(merchant: Merchant, crowd: Crowd): Promise<void> {
  const told = await merchant.buys();
  if (told) crowd.told.push(told);
  const goesOn = told ? merchant.goesOn(told) : Promise.resolve();
  goesOn.finally(() => crowd.busy--).catch(() => {});
}

/** Trades as `GET` shows them. */
export async function readTrades(nodes: readonly string[], merchants: readonly Identity[], told: readonly Told[]) {
  const shown = new Map<string, TradeWire>();
  for (const { id: merchantId, apiKey } of merchants) {
    const ids = told.filter((trade) => trade.merchantId === merchantId).map(({ id }) => id);
    for (let from = 0; from < ids.length; from += REFS_MAX) {
      const answer = await call('GET', `${nodes[0]}/secure/trades/${ids.slice(from, from + REFS_MAX).join()}`, {
        apiKey,
      });
      if (answer.kind !== 'answer' || answer.status !== 200) continue;
      for (const trade of [answer.data].flat() as TradeWire[]) shown.set(trade.id, trade); // as documented
    }
  }
  return shown;
}
