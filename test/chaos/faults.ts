import { setTimeout as pause } from 'node:timers/promises';
import type { Random } from '../simulation/random.ts';
import type { DatabaseFaults } from './database-faults.ts';
import type { Ending, PostgresServer } from './postgres-server.ts';
import type { CuttingProxy } from './proxy.ts';
import { type Mood, moods, type Receiver } from './receiver.ts';
import type { Supervised } from './supervised.ts';
import type { Tally } from './tally.ts';
import type { TimeMachine } from './time.ts';
import { until } from './wait.ts';

const UP_WITHIN_MS = 60_000;

/** All that can be broken. */
export interface Breakables {
  readonly postgres: PostgresServer;
  readonly database: DatabaseFaults;
  readonly gateways: readonly Supervised[];
  readonly marketplace: Supervised;
  readonly proxies: readonly CuttingProxy[];
  readonly receiver: Receiver;
  readonly time: TimeMachine;
}

const endings: readonly Ending[] = ['SIGINT', 'SIGINT', 'SIGQUIT', 'SIGKILL'];
/** Moods in which nothing is taken. */
const failing: readonly Mood[] = ['down', 'answers 500'];
/** Often enough that items become cancellable while all goes wrong, and now and then that they become final. */
const durations = ['31m', '31m', '31m', '2h', '26h', '8d'];

/** Breaks everything again and again, each kind in its own rhythm, until it is told to stop. */
export class Faults {
  readonly counts = { restarts: 0, fullDisks: 0, exhaustions: 0, moods: 0 };
  readonly #world: Breakables;
  readonly #random: Random;
  readonly #tally: Tally;
  readonly #stopped = new AbortController();
  #loops: Promise<void>[] = [];

  constructor(world: Breakables, random: Random, tally: Tally) {
    this.#world = world;
    this.#random = random;
    this.#tally = tally;
  }

  start(): void {
    const { postgres, database, gateways, marketplace, time } = this.#world;
    this.#loops = [
      this.#every(5000, 10_000, () => this.#restart(postgres)),
      this.#every(4000, 8000, async () => this.#random.pick(gateways).kill()),
      this.#every(9000, 18_000, async () => {
        if (marketplace.isSteady) marketplace.kill();
      }),
      this.#every(1500, 4000, () => database.terminateConnections(0.1)),
      this.#every(6000, 12_000, async () => {
        this.counts.fullDisks++;
        await database.fillDisk(0.05 + 0.3 * this.#random.next(), 500 + this.#random.below(1000));
      }),
      this.#every(8000, 15_000, async () => {
        this.counts.exhaustions++;
        await database.exhaustConnections(500 + this.#random.below(1500));
      }),
      this.#every(3000, 7000, () => this.#change(this.#world)),
      this.#every(500, 3000, async () => void (await time.advance(this.#random.pick(durations)))),
    ];
  }

  /** Ends the faults and mends what they left broken. */
  async stop(): Promise<void> {
    this.#stopped.abort();
    await Promise.all(this.#loops);
    const { postgres, database, proxies, receiver } = this.#world;
    if (!postgres.isRunning) await postgres.start();
    await database.emptyDisk();
    await database.freeConnections();
    for (const proxy of proxies) proxy.calm();
    receiver.mood = 'well';
  }

  /** Two of them run. On a busy machine a start takes longer than the gaps between faults, and would never succeed. */
  #isUp(): boolean {
    return this.#world.gateways.filter((gateway) => gateway.isSteady).length > 1;
  }

  async #restart(postgres: PostgresServer): Promise<void> {
    this.counts.restarts++;
    await postgres.end(this.#random.pick(endings));
    await pause(this.#random.below(1500));
    await postgres.start();
  }

  /** Mostly too short for a callback to run out of its ten attempts; now and then a week, so that a URL is given up. */
  async #change({ receiver, time }: Breakables): Promise<void> {
    const mood: Mood = this.#random.pick(moods.slice(1));
    this.counts.moods++;
    receiver.mood = mood;
    if (failing.includes(mood) && this.#random.chance(0.4)) await time.advance('8d');
    await pause(500 + this.#random.below(1500));
    receiver.mood = 'well';
  }

  /** The first time comes soon, so that a short run sees every kind. */
  async #every(minMs: number, maxMs: number, work: () => Promise<void>): Promise<void> {
    const { signal } = this.#stopped;
    for (let share = 0.4; ; share = 1) {
      const gapMs = share * (minMs + this.#random.below(maxMs - minMs));
      await pause(gapMs, undefined, { signal }).catch(() => {});
      if (signal.aborted) return;
      await until(() => this.#isUp() || signal.aborted, UP_WITHIN_MS);
      if (signal.aborted) return;
      await work().catch((error) => this.#tally.found('other', `a fault could not be made: ${error}`));
    }
  }
}
