import { checkAfterwards } from './check.ts';
import { Child } from './child.ts';
import type { Cleanup } from './cleanup.ts';
import { type RunningGateway, secrets, startGateway } from './gateway.ts';
import { type LatencyResult, measureLatency } from './latency.ts';
import { floorTarget, gatewayTarget } from './load.ts';
import { machineFacts, residentMb } from './machine.ts';
import type { BenchOptions } from './options.ts';
import { makePlace, type Place, withDatabase } from './places.ts';
import { postmasterOf } from './processor.ts';
import { Receiver } from './receiver.ts';
import type { Results } from './report.ts';
import { seed, settleDown } from './seed.ts';
import { makeStock, type Stock, shuffled } from './stock.ts';
import { type Contestant, type LevelResult, measureThroughput } from './throughput.ts';

const ITEMS_PER_MERCHANT = 100;
const ITEMS_PER_TRADE = 4;
const LATENCY_MERCHANTS = 20;

/** All that is started and made here is undone by `cleanup`, which the caller runs. */
export async function runBench(options: BenchOptions, cleanup: Cleanup): Promise<Results> {
  const startedAt = new Date();
  const failures: string[] = [];
  const bench = await prepare(options, cleanup, (why) => failures.push(why));
  const gateway = await startGateway(bench.place, bench.marketplaceUrl, profiling(options), cleanup);

  // First, while nothing else is due: the throughput rounds leave thousands of orders to be read.
  const latency = await latencyOf(bench, gateway);
  const memoryEarly = residentMb(gateway.child.pid);
  const levels = await throughputOf(bench, gateway, options, cleanup);
  const memory = [memoryEarly, ...(levels ?? []).map((level) => level.gateway.residentMb)];

  await gateway.child.stop();
  say('checking what is in the database');
  const wrong = await withDatabase(bench.place, async (database) =>
    checkAfterwards(database, {
      accepted: bench.answered.throughput,
      settled: latency ? latency.cancels - latency.failures : 0,
    }),
  );
  failures.push(...wrong);
  const { machine } = bench;
  const kind = bench.place.kind;
  return { startedAt, kind, options, machine, levels, latency, residentMb: Math.max(...memory), failures };
}

interface Bench {
  readonly place: Place;
  readonly marketplaceUrl: string;
  readonly stock: Stock | null;
  readonly latencyStock: Stock | null;
  readonly receiver: Receiver;
  readonly machine: Results['machine'];
  /** Cancels that the gateway answered with 200. */
  readonly answered: { throughput: number };
  onFailure(why: string): void;
}

async function prepare(options: BenchOptions, cleanup: Cleanup, onFailure: (why: string) => void): Promise<Bench> {
  const { line: marketplaceUrl } = await Child.start({ script: './marketplace.ts' }, cleanup);
  const receiver = new Receiver();
  await receiver.start();
  cleanup.add('receiver', () => receiver.stop());
  const place = await makePlace('gateway', options.databaseUrl, cleanup);
  const stock = options.only === 'latency' ? null : await makeStock(marketplaceUrl, throughputPlan(options));
  const latencyStock =
    options.only === 'throughput'
      ? null
      : await makeStock(marketplaceUrl, {
          items: options.latencyItems,
          merchants: LATENCY_MERCHANTS,
          itemsPerTrade: 1,
          behaviour: 'never-ships',
          callbackUrl: receiver.url,
        });
  say(`seeding the gateway’s database (${place.kind})`);
  const machine = await withDatabase(place, async (database) => {
    for (const each of [stock, latencyStock]) if (each) await seed(database, each, secrets);
    await settleDown(database);
    return machineFacts(database);
  });
  return { place, marketplaceUrl, stock, latencyStock, receiver, machine, answered: { throughput: 0 }, onFailure };
}

/** Confirmed only minutes later: settlement is no part of what the throughput rounds measure. */
function throughputPlan({ items }: BenchOptions) {
  return {
    items,
    merchants: Math.max(1, Math.floor(items / ITEMS_PER_MERCHANT)),
    itemsPerTrade: ITEMS_PER_TRADE,
    behaviour: 'cancel-confirmed-later',
    callbackUrl: null,
  };
}

async function latencyOf(bench: Bench, { child, baseUrl }: RunningGateway): Promise<LatencyResult | null> {
  if (!bench.latencyStock) return null;
  say(`latency: ${bench.latencyStock.items.length} cancels`);
  return measureLatency(gatewayTarget(baseUrl, child.pid), bench.latencyStock, bench.receiver, bench.onFailure);
}

async function throughputOf(
  bench: Bench,
  { child, baseUrl }: RunningGateway,
  options: BenchOptions,
  cleanup: Cleanup,
): Promise<LevelResult[] | null> {
  if (!bench.stock) return null;
  const floor = await startFloor(bench, 'floor', options, cleanup);
  // Its statements are about many merchants, which a cluster does not run.
  const isOnCluster = bench.machine.workers > 0;
  const batched = isOnCluster ? null : await startFloor(bench, 'batched', options, cleanup);
  const onAnswered = (name: string, right: number) => {
    if (name === 'gateway') bench.answered.throughput += right;
  };
  const gateway = { target: gatewayTarget(baseUrl, child.pid), items: shuffled(bench.stock.items) };
  const postmaster = bench.place.databaseUrl ? await postmasterOf(bench.place.databaseUrl) : null;
  const given = { ...options, postmaster, onFailure: bench.onFailure, onRound: say, onAnswered };
  return measureThroughput({ gateway, floor, batched }, given);
}

/** Each floor has a database of its own, filled alike: the gateway's workers must not work for its cancels. */
async function startFloor(
  bench: Bench,
  name: 'floor' | 'batched',
  options: BenchOptions,
  cleanup: Cleanup,
): Promise<Contestant> {
  const place = await makePlace(name, options.databaseUrl, cleanup);
  const stock = await makeStock(bench.marketplaceUrl, throughputPlan(options));
  say(`seeding the database of the ${name === 'floor' ? 'floor' : 'batched floor'}`);
  await withDatabase(place, async (database) => {
    await seed(database, stock, secrets);
    await settleDown(database);
  });
  const form = name === 'batched' ? 'batched' : options.floor;
  const args = [bench.marketplaceUrl, place.databaseUrl, place.dataDir, form];
  const { child, line } = await Child.start({ script: './floor.ts', args, nodeArgs: profiling(options) }, cleanup);
  return { target: floorTarget(name, line, child.pid), items: shuffled(stock.items) };
}

function profiling({ cpuProf }: BenchOptions): string[] {
  return cpuProf === null ? [] : ['--cpu-prof', `--cpu-prof-dir=${cpuProf}`];
}

/** To standard error: standard output holds the results. */
function say(text: string): void {
  process.stderr.write(`${text}\n`);
}
