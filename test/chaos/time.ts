import { setTimeout as pause } from 'node:timers/promises';
import { call } from './call.ts';
import { until } from './wait.ts';

/**
 * A supplier call has ended by then. A clock that jumps while a call is on its way would end its lease and count its
 * look-ups at once: what real time cannot do, nobody has to survive.
 */
const JUMPS_APART_MS = 6000;

/** Moves the sandbox's time through any of the nodes, and knows how far it has come at least. */
export class TimeMachine {
  jumps = 0;
  readonly #nodes: readonly string[];
  #offsetMs = 0;
  #lastAt = Number.NEGATIVE_INFINITY;

  constructor(nodes: readonly string[]) {
    this.#nodes = nodes;
  }

  get nowMs(): number {
    return Date.now() + this.#offsetMs;
  }

  /** One try: an answer that got lost may have moved the clock all the same, which the next one will tell. */
  async advance(duration: string): Promise<boolean> {
    await pause(Math.max(0, this.#lastAt + JUMPS_APART_MS - performance.now()));
    const node = this.#nodes[this.jumps % this.#nodes.length] ?? '';
    const answer = await call('POST', `${node}/sandbox/clock`, { body: { advance: duration } });
    this.#lastAt = performance.now();
    this.jumps++;
    if (answer.kind !== 'answer' || answer.status !== 200) return false;
    const { offsetMs } = answer.data as { offsetMs: number }; // as documented
    this.#offsetMs = Math.max(this.#offsetMs, offsetMs);
    return true;
  }

  /** What time it is at a node, which may be behind the others for a moment; null: it gave no answer. */
  async nowAt(node: string): Promise<number | null> {
    const answer = await call('GET', `${node}/sandbox/clock`);
    if (answer.kind !== 'answer' || answer.status !== 200) return null;
    const { offsetMs } = answer.data as { offsetMs: number }; // as documented
    this.#offsetMs = Math.max(this.#offsetMs, offsetMs);
    return Date.now() + offsetMs;
  }

  /** Waits, in real time, until the sandbox's time has come so far. False: it has not for as long as may be waited. */
  reaches(atMs: number, withinMs: number): Promise<boolean> {
    return until(() => this.nowMs >= atMs, withinMs, 200);
  }
}
