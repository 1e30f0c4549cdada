import { SECOND_MS } from '../core/clock.ts';
import type { Deps } from '../deps.ts';
import { makeOrdersDue, makeOrdersDueById, makeUndeliveredDue } from '../purchases/store.ts';
import type { Hint } from '../suppliers/supplier.ts';

/** One statement names so many orders at most. Hints beyond that count as unnamed. */
const NAMES_MAX = 500;
/** Hints that name no order make all undelivered orders of the account due, at most so often. */
const UNNAMED_EVERY_MS = 10 * SECOND_MS;

export type InboxDeps = Pick<Deps, 'db' | 'clock' | 'signals'>;

/**
 * Turns hints into due orders. What arrives while a statement is under way is joined into the next one, so that a flood of
 * hints costs one statement after the other. A hint that could not be written is made up for by reading all undelivered orders.
 */
export class HintInbox {
  readonly #deps: InboxDeps;
  readonly #supplier: string;
  #references = new Set<string>();
  #orderIds = new Set<string>();
  #isUnnamed = false;
  #unnamedAt = Number.NEGATIVE_INFINITY;
  #emptying: Promise<void> | null = null;

  constructor(deps: InboxDeps, supplier: string) {
    this.#deps = deps;
    this.#supplier = supplier;
  }

  add(hint: Hint): void {
    if (hint === 'unnamed' || this.#references.size + this.#orderIds.size >= NAMES_MAX) this.#isUnnamed = true;
    else {
      for (const reference of hint.references) this.#references.add(reference);
      for (const orderId of hint.orderIds) this.#orderIds.add(orderId);
    }
  }

  /** Resolves when everything that may be written now is written. Concurrent callers share the work. */
  empty(): Promise<void> {
    this.#emptying ??= this.#empty().finally(() => {
      this.#emptying = null;
    });
    return this.#emptying;
  }

  async #empty(): Promise<void> {
    try {
      while (this.#hasWork()) {
        await this.#write();
        this.#deps.signals.emit('ordersDue', this.#supplier);
      }
    } catch (error) {
      this.#isUnnamed = true;
      this.#unnamedAt = Number.NEGATIVE_INFINITY;
      throw error;
    }
  }

  #hasWork(): boolean {
    return this.#references.size + this.#orderIds.size > 0 || this.#mayReadAll();
  }

  #mayReadAll(): boolean {
    return this.#isUnnamed && performance.now() - this.#unnamedAt >= UNNAMED_EVERY_MS;
  }

  async #write(): Promise<void> {
    const [references, orderIds, readsAll] = [[...this.#references], [...this.#orderIds], this.#mayReadAll()];
    this.#references = new Set();
    this.#orderIds = new Set();
    if (readsAll) {
      this.#isUnnamed = false;
      this.#unnamedAt = performance.now();
    }
    await makeOrdersDue(this.#deps, this.#supplier, references);
    await makeOrdersDueById(this.#deps, this.#supplier, orderIds);
    if (readsAll) await makeUndeliveredDue(this.#deps, this.#supplier);
  }
}
