import { isUnavailable } from '../db/failure.ts';

/** Calls of one kind, and the statement that does many of them at once. */
export interface GroupedWork<In, Out> {
  /** Does all of them in one statement, and nothing of them when it fails. @returns one result for each, in their order */
  run(inputs: readonly In[]): Promise<readonly Out[]>;
  /** Calls with one key are about the same thing: they never go together, and they go in their order. */
  keyOf(input: In): string;
  /** Calls of different lanes never go together; absent: all have one lane. */
  laneOf?(input: In): string;
}

/** A statement of as many rows costs about as much for each row as one of twice as many. */
export const GROUP_MAX = 64;
/** A statement that takes longer waits for a lock or a slow disk: those that wait behind it go beside it. */
const SLOW_AFTER_MS = 25;
/** So that a stalled database does not take all connections of the pool. */
export const GROUPS_AT_ONCE_MAX = 4;

/**
 * Calls that are waiting when a statement returns go together in the next one. There is no timer that collects calls: one
 * that comes when no statement is under way goes at once, alone. A statement is one commit, so that a hundred callers wait
 * for few commits, and a process that dies leaves what it leaves when each call goes alone: all or nothing of a call.
 *
 * One call's failure does not touch another's: when the server refuses a statement of several, nothing of it was done, and
 * each is done alone. When the database is away, or nobody knows what it did, each caller is told so.
 */
export class Grouped<In, Out> {
  readonly #work: GroupedWork<In, Out>;
  readonly #slowAfterMs: number;
  readonly #lanes = new Map<string, Lane<In, Out>>();

  /** @param slowAfterMs after this time, calls do not wait for a statement that is under way any more */
  constructor(work: GroupedWork<In, Out>, slowAfterMs = SLOW_AFTER_MS) {
    this.#work = work;
    this.#slowAfterMs = slowAfterMs;
  }

  /** @throws what the statement fails with */
  call(input: In): Promise<Out> {
    const name = this.#work.laneOf?.(input) ?? '';
    let lane = this.#lanes.get(name);
    if (!lane) {
      lane = new Lane(this.#work, this.#slowAfterMs, () => this.#lanes.delete(name));
      this.#lanes.set(name, lane);
    }
    return lane.call(input);
  }
}

interface Waiting<In, Out> {
  readonly input: In;
  readonly key: string;
  resolve(result: Out): void;
  reject(error: unknown): void;
}

class Lane<In, Out> {
  readonly #work: GroupedWork<In, Out>;
  readonly #slowAfterMs: number;
  readonly #onEmpty: () => void;
  #waiting: Waiting<In, Out>[] = [];
  /** The keys of the calls that are under way. */
  readonly #underWay = new Set<string>();
  #groups = 0;
  #slow: NodeJS.Timeout | null = null;

  constructor(work: GroupedWork<In, Out>, slowAfterMs: number, onEmpty: () => void) {
    this.#work = work;
    this.#slowAfterMs = slowAfterMs;
    this.#onEmpty = onEmpty;
  }

  call(input: In): Promise<Out> {
    const { promise, resolve, reject } = Promise.withResolvers<Out>();
    this.#waiting.push({ input, key: this.#work.keyOf(input), resolve, reject });
    if (this.#groups === 0) this.#start();
    else this.#watch();
    return promise;
  }

  #start(): void {
    const group = this.#take();
    if (group.length === 0) return;
    this.#groups++;
    void this.#run(group).finally(() => this.#onReturn(group));
    if (this.#waiting.length > 0) this.#watch();
  }

  #onReturn(group: readonly Waiting<In, Out>[]): void {
    this.#groups--;
    for (const { key } of group) this.#underWay.delete(key);
    this.#unwatch();
    this.#start();
    if (this.#groups === 0) this.#onEmpty();
  }

  /** The first ones that wait, one of each key. */
  #take(): Waiting<In, Out>[] {
    const group: Waiting<In, Out>[] = [];
    const left: Waiting<In, Out>[] = [];
    const passed = new Set<string>();
    for (const each of this.#waiting) {
      const mayGo = group.length < GROUP_MAX && !this.#underWay.has(each.key) && !passed.has(each.key);
      (mayGo ? group : left).push(each);
      passed.add(each.key);
    }
    for (const { key } of group) this.#underWay.add(key);
    this.#waiting = left;
    return group;
  }

  /** Starts another group if the ones under way are slow. */
  #watch(): void {
    if (this.#slow !== null || this.#groups >= GROUPS_AT_ONCE_MAX || this.#slowAfterMs === Number.POSITIVE_INFINITY)
      return;
    this.#slow = setTimeout(() => {
      this.#slow = null;
      this.#start();
    }, this.#slowAfterMs);
  }

  #unwatch(): void {
    if (this.#slow !== null) clearTimeout(this.#slow);
    this.#slow = null;
  }

  async #run(group: readonly Waiting<In, Out>[]): Promise<void> {
    try {
      const results = await this.#work.run(group.map(({ input }) => input));
      for (const [place, { resolve, reject }] of group.entries()) {
        if (place in results)
          resolve(results[place] as Out); // a result may be undefined itself
        else reject(new Error(`a statement for ${group.length} calls gave ${results.length} results`));
      }
    } catch (error) {
      await this.#failed(group, error);
    }
  }

  async #failed(group: readonly Waiting<In, Out>[], error: unknown): Promise<void> {
    if (group.length === 1 || isUnavailable(error)) {
      for (const { reject } of group) reject(error);
      return;
    }
    await Promise.all(group.map((each) => this.#run([each])));
  }
}
