import { type Round, runRound, type Target } from './load.ts';
import { processorMs, residentMb, untilCalm } from './machine.ts';
import { median, quantile } from './numbers.ts';
import type { StockItem } from './stock.ts';

const WARM_UP_IN_FLIGHT = 16;
const WARM_UP_SHARE = 0.05;

/** A target, and the items that it has left. */
export interface Contestant {
  readonly target: Target;
  readonly items: readonly StockItem[];
}

export interface LevelResult {
  readonly inFlight: number;
  readonly gateway: TargetResult;
  readonly floor: TargetResult;
  /** Of the medians: gateway over floor. */
  readonly ratio: number;
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
  /** Longest time until the process had worked off what its round left; null where it cannot be seen. */
  readonly drainMs: number | null;
}

export interface ThroughputOptions {
  readonly seconds: number;
  readonly rounds: number;
  readonly levels: readonly number[];
  onFailure(why: string): void;
  onRound(text: string): void;
  /** Of every round and of the warm-up. */
  onAnswered(target: Target['name'], right: number): void;
}

/**
 * Measures both in turn, round by round, so that whatever else the machine does meets both alike; who begins changes.
 * Before each round both have come to rest: what one has left to do must not slow the other down.
 */
export async function measureThroughput(
  gateway: Contestant,
  floor: Contestant,
  options: ThroughputOptions,
): Promise<LevelResult[]> {
  const lanes = [new Lane(gateway, options), new Lane(floor, options)];
  for (const lane of lanes) await lane.warmUp();
  for (let round = 0; round < options.rounds; round++) {
    for (const inFlight of options.levels) {
      for (const lane of round % 2 === 0 ? lanes : lanes.toReversed()) await lane.measure(inFlight);
    }
  }
  const [gatewayLane, floorLane] = lanes;
  if (!gatewayLane || !floorLane) throw new Error('there are always two');
  return options.levels.map((inFlight) => {
    const result = { gateway: gatewayLane.result(inFlight), floor: floorLane.result(inFlight) };
    return { inFlight, ...result, ratio: result.gateway.perSecond / result.floor.perSecond };
  });
}

interface Measured extends Round {
  readonly processorMs: number | null;
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
    const spentBefore = processorMs(pid);
    const round = await this.#run(inFlight, Math.floor((this.#items.length - this.#used) / this.#roundsLeft--));
    const mb = residentMb(pid);
    const drainMs = await untilCalm(pid);
    const spentAfter = processorMs(pid);
    const processor = spentBefore === null || spentAfter === null ? null : spentAfter - spentBefore;
    const known = this.#measured.get(inFlight) ?? [];
    this.#measured.set(inFlight, [...known, { ...round, residentMb: mb, drainMs, processorMs: processor }]);
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
    const spent = rounds.flatMap((round) => round.processorMs ?? []);
    return {
      requests: latencies.length,
      failures: rounds.reduce((sum, round) => sum + round.failures, 0),
      perSecond: median(perSecondOfRounds),
      perSecondOfRounds,
      p50Ms: quantile(latencies, 0.5),
      p99Ms: quantile(latencies, 0.99),
      residentMb: Math.max(...rounds.map((round) => round.residentMb)),
      processorMs: spent.length > 0 ? spent.reduce((sum, each) => sum + each, 0) / latencies.length : null,
      drainMs: drains.length > 0 ? Math.max(...drains) : null,
    };
  }
}
