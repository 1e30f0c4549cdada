import { createHash } from 'node:crypto';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { request } from 'undici';
import { Child } from './child.ts';
import type { Cleanup } from './cleanup.ts';
import { fileOf, type ListSizes, writeLists } from './feeds-lists.ts';
import { CancelLoad } from './feeds-load.ts';
import { productionEnv, secrets } from './gateway.ts';
import { gatewayTarget } from './load.ts';
import { machineFacts, peakResidentMb, residentMb } from './machine.ts';
import { cs2Name } from './market-listings.ts';
import { quantile } from './numbers.ts';
import { makePlace, type Place, withDatabase } from './places.ts';
import { seed, settleDown } from './seed.ts';
import { makeStock, type Stock } from './stock.ts';

const BARS = { heldMs: 50, ratio: 2, residentMb: 700, readyMs: 180_000 };
const LISTS = ['waxpeer', 'lis-skins'];
const READ_MAX_MS = 600_000;
/** Each look reads the gateway's metrics, which costs it some milliseconds: as often without lists as beside them. */
const LOOK_EVERY_MS = 1000;
/** Long enough that garbage collections, which determine the p99, also occur while no lists are read. */
const QUIET_SECONDS = 60;
const QUIET_SECONDS_SHORT = 15;
const NAMES_COMPARED = 40;
const PAGES_COMPARED = 8;
/** With fewer, a p99 says nothing. */
const CANCELS_MIN = 30;

const usage = `DATABASE_URL=postgres://… npm run bench -- feeds [options]

  --lis-skins <n>   listings of LIS-SKINS' price list of CS2 (2400000)
  --waxpeer <n>     rows of Waxpeer's list of CS2 (1200000)
  --names <n>       names of items (25660)
  --mb <n>          megabytes a second at which each list comes (8)
  --pause <n>       seconds between two reads of a list (20)
  --per-name <n>    MARKET_LISTINGS_PER_NAME (the gateway's default)
  --cpu-prof <dir>  write a CPU profile of the gateway
  --short           a fortieth of everything, under two minutes
`;

interface Options extends ListSizes {
  readonly mb: number;
  readonly pause: number;
  readonly perName: number | null;
  readonly cancels: number;
  readonly quietSeconds: number;
  readonly cpuProf: string | null;
}

/**
 * What reading the whole lists of large marketplaces costs a gateway, and what requests feel of it.
 * @returns the exit code: 1 when an answer was wrong, or a list that is not whole changed something
 */
export async function benchFeeds(args: readonly string[], cleanup: Cleanup): Promise<number> {
  const databaseUrl = process.env['DATABASE_URL'] ?? '';
  const options = read(args);
  if (options === null || databaseUrl === '') {
    process.stderr.write(usage);
    return 2;
  }
  const folder = await mkdtemp(join(tmpdir(), 'skinrail-bench-lists-'));
  cleanup.add(`folder ${folder}`, () => rm(folder, { recursive: true, force: true }));
  say('writing the lists');
  const bytes = await writeLists(folder, options);
  const compressed = (await stat(fileOf(folder, 'lis-skins-cs2', 'old'))).size;
  const place = await makePlace('feeds', databaseUrl, cleanup);
  const { line: marketplaceUrl } = await Child.start({ script: './marketplace.ts' }, cleanup);
  const stock = await makeStock(marketplaceUrl, {
    items: options.cancels,
    merchants: Math.ceil(options.cancels / 100),
    itemsPerTrade: 4,
    behaviour: 'cancel-confirmed-later',
    callbackUrl: null,
  });
  await withDatabase(place, async (database) => {
    await seed(database, stock, secrets);
    // Outside of the sandbox its marketplace has another name.
    for (const table of ['item', 'purchase']) await database.exec(`update ${table} set supplier = 'bench-cs2'`);
    await settleDown(database);
    const { cpu, cores, memoryGb, node, commit } = await machineFacts(database);
    print([`${cpu}, ${cores} cores, ${memoryGb} GB, Node ${node}, commit ${commit}`]);
  });
  print([
    `LIS-SKINS: ${options.lisSkins} listings of CS2, ${mb(bytes.get('lis-skins-cs2') ?? 0)} MB, compressed ${mb(compressed)} MB; ` +
      `Waxpeer: ${options.waxpeer} rows, ${mb(bytes.get('waxpeer-cs2') ?? 0)} MB; both with Rust; ${options.mb} MB/s each`,
  ]);
  const run = await Run.start({ folder, place, marketplaceUrl, stock, options }, cleanup);
  return run.measure();
}

function read(args: readonly string[]): Options | null {
  try {
    const text = (value: string) => ({ type: 'string', default: value }) as const;
    const { values } = parseArgs({
      args: [...args],
      options: {
        'lis-skins': { type: 'string' },
        waxpeer: { type: 'string' },
        names: text('25660'),
        mb: text('8'),
        pause: { type: 'string' },
        'per-name': { type: 'string' },
        'cpu-prof': { type: 'string' },
        short: { type: 'boolean', default: false },
      },
    });
    const lisSkins = Number(values['lis-skins'] ?? (values.short ? 60_000 : 2_400_000));
    const waxpeer = Number(values.waxpeer ?? (values.short ? 30_000 : 1_200_000));
    const perName = values['per-name'] === undefined ? null : Number(values['per-name']);
    const [names, mbs, seconds] = [
      Number(values.names),
      Number(values.mb),
      Number(values.pause ?? (values.short ? 5 : 20)),
    ];
    const isUsable = [lisSkins, waxpeer, names, mbs, seconds, perName ?? 1].every(
      (each) => Number.isInteger(each) && each > 0,
    );
    if (!isUsable) return null;
    return {
      lisSkins,
      waxpeer,
      names,
      mb: mbs,
      pause: seconds,
      perName,
      cancels: values.short ? 2000 : 12_000,
      quietSeconds: values.short ? QUIET_SECONDS_SHORT : QUIET_SECONDS,
      cpuProf: values['cpu-prof'] ?? null,
    };
  } catch {
    return null;
  }
}

interface Ground {
  readonly folder: string;
  readonly place: Place;
  readonly marketplaceUrl: string;
  readonly stock: Stock;
  readonly options: Options;
}

/** Of the gateway's event loop, since it was last asked. */
interface Held {
  readonly heldMaxMs: number;
  readonly heldP99Ms: number;
  readonly workedMaxMs: number;
  readonly workedP99Ms: number;
  readonly collectedMaxMs: number;
  readonly heapMb: number;
}

interface Felt extends Held {
  readonly p50: number;
  readonly p99: number;
}

interface GatewayChild {
  readonly child: Child;
  readonly baseUrl: string;
  readonly controlUrl: string;
}

class Run {
  readonly #gateway: GatewayChild;
  readonly #listsUrl: string;
  readonly #load: CancelLoad;
  readonly #quietMs: number;
  readonly #merchants: Stock['merchants'];
  #wrong: string[] = [];

  private constructor(gateway: GatewayChild, listsUrl: string, stock: Stock, quietMs: number) {
    this.#quietMs = quietMs;
    this.#gateway = gateway;
    this.#listsUrl = listsUrl;
    this.#load = new CancelLoad(gatewayTarget(gateway.baseUrl, gateway.child.pid), stock.items);
    this.#merchants = stock.merchants;
  }

  static async start({ folder, place, marketplaceUrl, stock, options }: Ground, cleanup: Cleanup): Promise<Run> {
    const { cpuProf } = options;
    const profiling = cpuProf === null ? [] : ['--cpu-prof', `--cpu-prof-dir=${cpuProf}`];
    const served = { script: './feeds-server.ts', args: [folder, String(options.mb)] };
    const { line: listsUrl } = await Child.start(served, cleanup);
    const { child, line } = await Child.start(
      {
        script: './feeds-gateway.ts',
        args: [listsUrl, marketplaceUrl, String(options.pause)],
        // As `npm start` does.
        nodeArgs: ['--max-semi-space-size=8', ...profiling],
        env: {
          ...productionEnv(place),
          ...(options.perName === null ? {} : { MARKET_LISTINGS_PER_NAME: String(options.perName) }),
        },
      },
      cleanup,
    );
    const [baseUrl = '', controlUrl = ''] = line.split(' ');
    return new Run({ child, baseUrl, controlUrl }, listsUrl, stock, options.quietSeconds * 1000);
  }

  async measure(): Promise<number> {
    const { pid } = this.#gateway.child;
    say('cancels without a market');
    await this.#serve('away');
    const before = await this.#beside(this.#quiet());
    say('the first lists');
    const began = performance.now();
    await this.#serve('old');
    const first = await this.#beside(this.#untilRead([0, 0]));
    const readyMs = performance.now() - began;
    const firstMb = peakResidentMb(pid);
    say('cancels beside a market that does not change');
    await this.#serve('away');
    await this.#until(async () => !(await this.#isSending()));
    const idle = await this.#beside(this.#quiet());
    say('the lists some minutes later');
    // A read that was under way when the lists went away has been applied by now.
    const readAt = await this.#readAt();
    await this.#serve('new');
    const again = await this.#beside(this.#untilRead(readAt));
    print([
      `all lists were known after ${seconds(readyMs)} s; ${await this.#counts()} listings are kept`,
      line('cancels, no market', before),
      line('beside the first lists', first),
      line('cancels, large market', idle),
      line('beside the same lists later', again),
    ]);
    const changed = await this.#brokenLists();
    const [peakMb, nowMb] = [peakResidentMb(pid), residentMb(pid)];
    const stopMs = await this.#stopWhileReading();
    const heldMs = Math.max(first.heldMaxMs, again.heldMaxMs);
    const ratio = Math.max(first.p99 / before.p99, again.p99 / idle.p99);
    print([
      `memory of the gateway: ${Math.round(firstMb)} MB at most with the first lists, ${Math.round(peakMb)} MB later, ` +
        `${Math.round(nowMb)} MB at the end; load average ${loadavg()[0]?.toFixed(1)}`,
      `a stop while lists were read took ${seconds(stopMs)} s`,
      bar(readyMs < BARS.readyMs, `ready after ${seconds(readyMs)} s (< ${BARS.readyMs / 1000} s)`),
      bar(heldMs < BARS.heldMs, `the longest hold of the event loop ${heldMs.toFixed(1)} ms (< ${BARS.heldMs} ms)`),
      bar(
        ratio < BARS.ratio,
        `p99 of cancels beside the lists over that without ${ratio.toFixed(2)} (< ${BARS.ratio})`,
      ),
      bar(peakMb < BARS.residentMb, `memory ${Math.round(peakMb)} MB (< ${BARS.residentMb} MB)`),
      ...[...changed, ...this.#load.failures, ...this.#wrong].slice(0, 10).map((why) => `FAIL  ${why}`),
    ]);
    await this.#load.close();
    return changed.length + this.#load.failures.length + this.#wrong.length === 0 ? 0 : 1;
  }

  /** Cancels until something else is over. */
  async #beside(work: Promise<unknown>): Promise<Felt> {
    await this.#held();
    let isOver = false;
    const watched = work.finally(() => {
      isOver = true;
    });
    const times = await this.#load.run(() => isOver);
    await watched;
    if (times.length < CANCELS_MIN) this.#wrong.push(`only ${times.length} cancels were measured: take more items`);
    return { ...(await this.#held()), p50: quantile(times, 0.5), p99: quantile(times, 0.99) };
  }

  /** What lists change that are cut, halved or not there. */
  async #brokenLists(): Promise<string[]> {
    const before = await this.#market();
    const changed: string[] = [];
    for (const mode of ['cut', 'half', 'away'] as const) {
      say(`lists that are ${mode}`);
      const failures = await this.#failures();
      await this.#serve(mode);
      await this.#until(async () => (await this.#failures()).every((count, at) => count > (failures[at] ?? 0) + 1));
      if ((await this.#market()) !== before) changed.push(`lists that were ${mode} changed the market`);
    }
    print([bar(changed.length === 0, 'lists that were cut, halved or not there have changed nothing')]);
    return changed;
  }

  async #stopWhileReading(): Promise<number> {
    const { asked } = await this.#asked();
    await this.#serve('old');
    await this.#until(async () => {
      const now = await this.#asked();
      return ['waxpeer-cs2', 'lis-skins-cs2'].every((list) => (now.asked[list] ?? 0) > (asked[list] ?? 0));
    });
    const began = performance.now();
    await this.#gateway.child.stop();
    return performance.now() - began;
  }

  async #isSending(): Promise<boolean> {
    const { asked, ended } = await this.#asked();
    return Object.entries(asked).some(([list, count]) => count > (ended[list] ?? 0));
  }

  async #asked(): Promise<{ readonly asked: Record<string, number>; readonly ended: Record<string, number> }> {
    return JSON.parse(await textOf(`${this.#listsUrl}/control`)); // the benchmark's own
  }

  async #serve(mode: string): Promise<void> {
    const { body } = await request(`${this.#listsUrl}/control/${mode}`, { method: 'PUT' });
    await body.dump();
  }

  async #held(): Promise<Held> {
    return JSON.parse(await textOf(this.#gateway.controlUrl)); // the benchmark's own
  }

  /** @param after when each list was read before */
  async #untilRead(after: readonly number[]): Promise<void> {
    await this.#until(async () => (await this.#readAt()).every((readAt, list) => readAt > (after[list] ?? 0)));
  }

  async #quiet(): Promise<void> {
    const end = performance.now() + this.#quietMs;
    await this.#until(async () => {
      await this.#readAt();
      return performance.now() >= end;
    });
  }

  async #until(isReached: () => Promise<boolean>): Promise<void> {
    const end = performance.now() + READ_MAX_MS;
    while (!(await isReached())) {
      if (performance.now() > end) throw new Error('the lists were not read in time');
      await pause(LOOK_EVERY_MS);
    }
  }

  /** When each list was requested that was read last, in seconds since 1970; 0: never. */
  #readAt(): Promise<number[]> {
    return this.#metric((list) => `skinrail_market_feed_timestamp_seconds{supplier="${list}"}`);
  }

  #failures(): Promise<number[]> {
    return this.#metric((list) => `skinrail_supplier_calls_total{supplier="${list}",call="feed",outcome="unknown"}`);
  }

  async #counts(): Promise<string> {
    const counts = await this.#metric((list) => `skinrail_market_listings{supplier="${list}"}`);
    return LISTS.map((list, at) => `${counts[at]} of ${list}`).join(' and ');
  }

  async #metric(nameOf: (list: string) => string): Promise<number[]> {
    const text = await textOf(`${this.#gateway.baseUrl}/metrics`);
    const lines = text.split('\n');
    return LISTS.map((list) => {
      const name = `${nameOf(list)} `;
      return Number(lines.find((each) => each.startsWith(name))?.slice(name.length) ?? 0);
    });
  }

  /** Pages of Rust by price, where every listing counts, the listings of some CS2 items, and how many there are. */
  async #market(): Promise<string> {
    const hash = createHash('sha256').update(await this.#counts());
    const names = Array.from({ length: NAMES_COMPARED }, (_, item) => encodeURIComponent(cs2Name(item * 37)));
    const pages = Array.from({ length: PAGES_COMPARED }, (_, at) => `?game=252490&sort=priceAsc&page=${1 + at * 97}`);
    const paths = [...pages, ...names.map((name) => `/item?perPage=100&marketHashName=${name}`)];
    for (const [at, path] of paths.entries()) {
      // Each by another merchant, because of their limits.
      const { apiKey = '' } = this.#merchants[at % this.#merchants.length] ?? {};
      const text = await textOf(`${this.#gateway.baseUrl}/secure/market${path}`, { 'api-key': apiKey });
      const { success, data, error } = JSON.parse(text);
      if (success !== true && error?.key !== 'LISTING_NOT_FOUND') this.#wrong.push(`${path}: ${text.slice(0, 200)}`);
      hash.update(JSON.stringify(data ?? null));
    }
    return hash.digest('hex');
  }
}

async function textOf(url: string, headers: Record<string, string> = {}): Promise<string> {
  const { body } = await request(url, { headers, headersTimeout: 60_000, bodyTimeout: 60_000 });
  return body.text();
}

function line(title: string, felt: Felt): string {
  const ms = (value: number) => value.toFixed(1).padStart(6);
  return (
    `  ${title.padEnd(28)} cancels p50 ${ms(felt.p50)} p99 ${ms(felt.p99)}  event loop p99 ${ms(felt.heldP99Ms)} max ${ms(felt.heldMaxMs)}, ` +
    `of it own work p99 ${ms(felt.workedP99Ms)} max ${ms(felt.workedMaxMs)}, collecting max ${ms(felt.collectedMaxMs)} ms`
  );
}

function bar(isReached: boolean, text: string): string {
  return `${isReached ? 'PASS' : 'MISS'}  ${text}`;
}

function mb(bytes: number): string {
  return (bytes / 1e6).toFixed(0);
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(1);
}

function say(text: string): void {
  process.stderr.write(`${text}\n`);
}

function print(lines: readonly string[]): void {
  process.stdout.write(`${lines.join('\n')}\n`);
}
