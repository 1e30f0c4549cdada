import { type Round, runRound, type Target } from './load.ts';
import { residentMb, untilCalm } from './machine.ts';
import { median, quantile } from './numbers.ts';
import { processorMs, serverProcessorMs } from './processor.ts';
import type { StockItem } from './stock.ts';

const WARM_UP_IN_FLIGHT = 16;
const WARM_UP_SHARE = 0.05;

/** A target, and the items that it has left. */
export interface Contestant {
  readonly target: Target;
  readonly items: readonly StockItem[];
}

export interface Contestants {
  readonly gateway: Contestant;
  readonly floor: Contestant;
  readonly batched: Contestant | null;
}

export interface LevelResult {
  readonly inFlight: number;
  readonly gateway: TargetResult;
  readonly floor: TargetResult;
  /** The floor that sends the statements of cancels that wait together; null on a cluster. */
  readonly batched: TargetResult | null;
}

/** Of the medians: the gateway's cancels a second over those of a floor. */
export function ratioOver({ gateway }: LevelResult, floor: TargetResult): number {
  return gateway.perSecond / floor.perSecond;
}

export interface TargetResult {
  readonly requests: number;
  readonly failures: number;
  /** Median of the rounds. */
  readonly perSecond: number;
  readonly perSecondOfRounds: readonly number[];
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Highest of the looks after each round. */
  readonly residentMb: number;
  /** Processor time of the target's own process for one request, with what it did afterwards; null as below. */
  readonly processorMs: number | null;
  /** Processor time of the database's server for one request, likewise; null when it is embedded or cannot be seen. */
  readonly databaseMs: number | null;
  /** Longest time until the process had worked off what its round left; null where it cannot be seen. */
  readonly drainMs: number | null;
}

export interface ThroughputOptions {
  readonly seconds: number;
  readonly rounds: number;
  readonly levels: readonly number[];
  /** The first process of the database's server, from `postmasterOf`; null as above. */
  readonly postmaster: number | null;
  onFailure(why: string): void;
  onRound(text: string): void;
  /** Of every round and of the warm-up. */
  onAnswered(target: Target['name'], right: number): void;
}

/**
 * Measures all in turn, round by round, so that whatever else the machine does meets each alike; who begins changes.
 * Before each round all have come to rest: what one has left to do must not slow another down.
 */
export async function measureThroughput(
  { gateway, floor, batched }: Contestants,
  options: ThroughputOptions,
): Promise<LevelResult[]> {
  const lanes = {
    gateway: new Lane(gateway, options),
    floor: new Lane(floor, options),
    batched: batched && new Lane(batched, options),
  };
  const inTurn = [lanes.gateway, lanes.floor, ...(lanes.batched ? [lanes.batched] : [])];
  for (const lane of inTurn) await lane.warmUp();
  for (let round = 0; round < options.rounds; round++) {
    for (const inFlight of options.levels) {
      for (const lane of round % 2 === 0 ? inTurn : inTurn.toReversed()) await lane.measure(inFlight);
    }
  }
  return options.levels.map((inFlight) => ({
    inFlight,
    gateway: lanes.gateway.result(inFlight),
    floor: lanes.floor.result(inFlight),
    batched: lanes.batched?.result(inFlight) ?? null,
  }));
}

interface Measured extends Round {
  readonly processorMs: number | null;
  readonly databaseMs: number | null;
  readonly residentMb: number;
  readonly drainMs: number | null;
}

class Lane {
  readonly #target: Target;
  readonly #items: readonly StockItem[];
  readonly #options: ThroughputOptions;
  readonly #measured = new Map<number, Measured[]>();
  #used = 0;
  #roundsLeft: number;

  constructor({ target, items }: Contestant, options: ThroughputOptions) {
    this.#target = target;
    this.#items = items;
    this.#options = options;
    this.#roundsLeft = options.rounds * options.levels.length;
  }

  async warmUp(): Promise<void> {
    await this.#run(WARM_UP_IN_FLIGHT, Math.ceil(this.#items.length * WARM_UP_SHARE));
    await untilCalm(this.#target.pid);
  }

  async measure(inFlight: number): Promise<void> {
    // A fast machine could use everything up in the first rounds: each has its share of what is left.
    const { pid } = this.#target;
    const own = spentFrom(() => processorMs(pid));
    const { postmaster } = this.#options;
    const database = spentFrom(() => (postmaster === null ? null : serverProcessorMs(postmaster)));
    const round = await this.#run(inFlight, Math.floor((this.#items.length - this.#used) / this.#roundsLeft--));
    const mb = residentMb(pid);
    const drainMs = await untilCalm(pid);
    const known = this.#measured.get(inFlight) ?? [];
    const measured = { ...round, residentMb: mb, drainMs, processorMs: own(), databaseMs: database() };
    this.#measured.set(inFlight, [...known, measured]);
    const perSecond = Math.round(round.requests / round.seconds);
    this.#options.onRound(`${this.#target.name}, ${inFlight} in flight: ${perSecond}/s`);
  }

  async #run(inFlight: number, itemsMax: number): Promise<Round> {
    const items = this.#items.slice(this.#used, this.#used + itemsMax);
    const { seconds, onFailure, onAnswered } = this.#options;
    const round = await runRound(this.#target, { inFlight, seconds, items, onFailure });
    this.#used += round.requests;
    onAnswered(this.#target.name, round.requests - round.failures);
    return round;
  }

  result(inFlight: number): TargetResult {
    const rounds = this.#measured.get(inFlight) ?? [];
    const latencies = rounds.flatMap((round) => round.latencies);
    const perSecondOfRounds = rounds.map((round) => round.requests / round.seconds);
    const drains = rounds.flatMap((round) => round.drainMs ?? []);
    const each = (spent: (number | null)[]) =>
      spent.includes(null) ? null : spent.reduce<number>((sum, ms) => sum + (ms ?? 0), 0) / latencies.length;
    return {
      requests: latencies.length,
      failures: rounds.reduce((sum, round) => sum + round.failures, 0),
      perSecond: median(perSecondOfRounds),
      perSecondOfRounds,
      p50Ms: quantile(latencies, 0.5),
      p99Ms: quantile(latencies, 0.99),
      residentMb: Math.max(...rounds.map((round) => round.residentMb)),
      processorMs: each(rounds.map((round) => round.processorMs)),
      databaseMs: each(rounds.map((round) => round.databaseMs)),
      drainMs: drains.length > 0 ? Math.max(...drains) : null,
    };
  }
}

/** @returns what tells how much was spent since now; null where that cannot be seen */
function spentFrom(read: () => number | null): () => number | null {
  const before = read();
  return () => {
    const after = read();
    return before === null || after === null ? null : after - before;
  };
}
