import type { Random } from './random.ts';
import type { StillClock } from './still-clock.ts';
import type { Trace } from './trace.ts';

/** A simulated process: it can die at any gate, and then nothing of it ever goes on. */
export interface SimProcess {
  readonly name: string;
  isAlive: boolean;
  /** Nothing of it goes on before this moment: its machine is busy elsewhere. */
  stalledUntilMs: number;
}

interface Waiting {
  /** null: not a process of the gateway, but a message that is under way. */
  readonly process: SimProcess | null;
  readonly what: string;
  readonly sinceMs: number;
  readonly notBeforeMs: number;
  /** Goes on before time moves beyond this. */
  readonly atLatestMs: number;
  readonly goOn: () => void;
}

interface Bounds {
  readonly notBeforeMs?: number;
  readonly atLatestMs?: number;
}

/** A caller that stood at a gate for longer than this woke up after its lease. */
const LEASE_MS = 7000;

/**
 * Decides what happens next. Every await of the gateway that touches storage, network or time stops at a gate; each
 * step lets exactly one of them through, chosen by the seed, and waits until all that follows from it stands at
 * gates again.
 */
export class Scheduler {
  readonly #random: Random;
  readonly #clock: StillClock;
  readonly #trace: Trace;
  #waiting: Waiting[] = [];
  #underWay = 0;
  #hasBegun = false;
  #open = new Map<Promise<void>, { process: SimProcess; what: string }>();
  readonly #failures: unknown[] = [];
  steps = 0;
  overslept = 0;

  constructor(random: Random, clock: StillClock, trace: Trace) {
    this.#random = random;
    this.#clock = clock;
    this.#trace = trace;
  }

  /** Resolves when it is this caller's turn; never, when its process is dead. */
  gate(process: SimProcess | null, what: string, bounds: Bounds = {}): Promise<void> {
    const { notBeforeMs = 0, atLatestMs = Number.POSITIVE_INFINITY } = bounds;
    const sinceMs = this.#clock.nowMs;
    return new Promise((goOn) => {
      if (process?.isAlive === false) return;
      this.#waiting.push({ process, what, sinceMs, notBeforeMs, atLatestMs, goOn });
    });
  }

  /** Work that takes turns of the event loop; a step is over when none is under way. */
  async working<T>(work: () => Promise<T>): Promise<T> {
    this.#underWay++;
    try {
      return await work();
    } finally {
      this.#underWay--;
    }
  }

  /** Starts something that runs alone, as a request or a job does. Its failure is a failure of the story. */
  start(process: SimProcess, what: string, work: () => Promise<void>): void {
    this.#trace.line(`${process.name} begins ${what}`);
    this.#hasBegun = true;
    const running = work()
      .catch((error: unknown) => this.fail(error))
      .finally(() => this.#open.delete(running));
    this.#open.set(running, { process, what });
  }

  /** Something was seen that must not be: the story ends with this step. */
  fail(error: unknown): void {
    this.#failures.push(error);
  }

  kill(process: SimProcess): void {
    process.isAlive = false;
    this.#trace.line(`${process.name} dies`);
    this.#waiting = this.#waiting.filter((waiting) => waiting.process !== process);
    for (const [running, { process: owner }] of this.#open) if (owner === process) this.#open.delete(running);
  }

  /** What was started on a living process and has not ended. */
  get unfinished(): string[] {
    return [...this.#open.values()].map(({ process, what }) => `${process.name}: ${what}`);
  }

  /** Nothing can go on, now or later. */
  get isIdle(): boolean {
    return this.#waiting.length === 0;
  }

  /** When the first of those that wait for time can go on; null: nobody waits. */
  get nextMs(): number | null {
    const times = this.#waiting.map(({ process, notBeforeMs }) => Math.max(notBeforeMs, process?.stalledUntilMs ?? 0));
    return times.length === 0 ? null : Math.min(...times);
  }

  /** Lets one caller that can go on do so. False: nobody can at this moment. @throws the first failure of anything */
  async step(): Promise<boolean> {
    await this.#arrived();
    const nowMs = this.#clock.nowMs;
    const ready = this.#waiting.filter(
      ({ process, notBeforeMs }) => notBeforeMs <= nowMs && (process?.stalledUntilMs ?? 0) <= nowMs,
    );
    if (ready.length === 0) return false;
    await this.#release(this.#random.pick(ready));
    return true;
  }

  /** Moves time. Whatever cannot wait that long goes on first, each at its own moment. */
  async moveTo(ms: number): Promise<void> {
    await this.#arrived();
    for (;;) {
      const urgent = this.#waiting.filter(({ atLatestMs }) => atLatestMs < ms);
      const [first] = urgent.sort((a, b) => a.atLatestMs - b.atLatestMs);
      if (!first) break;
      this.#clock.moveTo(first.atLatestMs);
      await this.#release(first);
    }
    this.#clock.moveTo(ms);
    this.#trace.line(`time is ${this.#clock.now().toISOString()}`);
  }

  /** Waits until what was just started stands at its first gate. */
  async #arrived(): Promise<void> {
    if (!this.#hasBegun) return;
    this.#hasBegun = false;
    await this.#quiet();
  }

  async #release(chosen: Waiting): Promise<void> {
    this.steps++;
    if (chosen.process && this.#clock.nowMs - chosen.sinceMs > LEASE_MS) this.overslept++;
    this.#waiting = this.#waiting.filter((waiting) => waiting !== chosen);
    this.#trace.line(`${this.steps} ${chosen.process?.name ?? 'network'} ${chosen.what}`);
    chosen.goOn();
    await this.#quiet();
    if (this.#failures.length > 0) throw this.#failures[0];
  }

  /** Turns of the event loop until nothing is under way and nothing new has come to a gate. */
  async #quiet(): Promise<void> {
    for (let calm = 0; calm < 2; ) {
      const before = this.#waiting.length;
      await new Promise<void>((resolve) => setImmediate(resolve));
      calm = this.#underWay === 0 && this.#waiting.length === before ? calm + 1 : 0;
    }
  }
}
