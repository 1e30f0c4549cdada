import type { Random } from './random.ts';

/** A simulated process: it can die at any gate, and then nothing of it ever goes on. */
export interface SimProcess {
  readonly name: string;
  isAlive: boolean;
}

interface Waiting {
  readonly process: SimProcess;
  readonly what: string;
  readonly goOn: () => void;
}

/**
 * Decides what happens next. Every await of the gateway that touches storage, network or time stops at a gate; each
 * step lets exactly one of them through, chosen by the seed, and waits until all that follows from it stands at
 * gates again.
 */
export class Scheduler {
  readonly #random: Random;
  #waiting: Waiting[] = [];
  #underWay = 0;
  readonly #failures: unknown[] = [];

  constructor(random: Random) {
    this.#random = random;
  }

  /** Resolves when it is this caller's turn; never, when its process is dead. */
  gate(process: SimProcess, what: string): Promise<void> {
    return new Promise((resolve) => {
      if (process.isAlive) this.#waiting.push({ process, what, goOn: resolve });
    });
  }

  /** Real work between two gates; a step is over when none is under way. */
  async working<T>(work: () => Promise<T>): Promise<T> {
    this.#underWay++;
    try {
      return await work();
    } finally {
      this.#underWay--;
    }
  }

  /** Starts something that runs alone, as a request or a job does. Its failure is a failure of the run. */
  start(work: () => Promise<void>): void {
    work().catch((error) => this.#failures.push(error));
  }

  kill(process: SimProcess): void {
    process.isAlive = false;
    this.#waiting = this.#waiting.filter((waiting) => waiting.process !== process);
  }

  get isIdle(): boolean {
    return this.#waiting.length === 0;
  }

  /** Lets one waiting caller go on. @throws the first failure of anything that was started */
  async step(): Promise<void> {
    if (this.#waiting.length > 0) {
      const [chosen] = this.#waiting.splice(this.#random.below(this.#waiting.length), 1);
      chosen?.goOn();
    }
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
