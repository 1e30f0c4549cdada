import type { FeedAnswer, Listing, Supplier } from '../../src/suppliers/supplier.ts';
import { seller } from '../market/stock.ts';

/** A marketplace with one feed, which counts who asks for it. */
export class FeedMarket {
  readonly onSale = new Map<string, Listing>();
  /** The cursors with which it was asked. */
  readonly asked: (string | null)[] = [];
  /** How many asked at the same time, at most. */
  atOnceMax = 0;
  /** Whether an export is cut, or is an error page. */
  isCut = false;
  /** Whether it answers with what changed since the cursor; otherwise each answer has everything. */
  hasChanges = false;
  readonly supplier: Supplier;
  #atOnce = 0;
  #held: Promise<void> | null = null;
  readonly #versions: ReadonlyMap<string, Listing>[] = [];

  constructor(id = 'market') {
    this.supplier = { ...seller(id), feed: (cursor, signal) => this.#feed(cursor, signal) };
  }

  sells(...listings: readonly Listing[]): void {
    for (const each of listings) this.onSale.set(each.nativeId, each);
  }

  sold(...nativeIds: readonly string[]): void {
    for (const nativeId of nativeIds) this.onSale.delete(nativeId);
  }

  /**
   * Lets the next answer wait until the function is called that this returns, or nobody waits for it any more. It is of the
   * time at which it was asked for.
   */
  holdNext(): () => void {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#held = promise;
    return resolve;
  }

  async #feed(cursor: string | null, signal: AbortSignal | undefined): Promise<FeedAnswer> {
    this.asked.push(cursor);
    this.#atOnce++;
    this.atOnceMax = Math.max(this.atOnceMax, this.#atOnce);
    const answer = this.#answer(cursor);
    const held = this.#held;
    this.#held = null;
    if (held) await Promise.race([held, aborted(signal)]);
    this.#atOnce--;
    return answer;
  }

  #answer(cursor: string | null): FeedAnswer {
    if (this.isCut) return { outcome: 'unknown', cause: 'the list ends in its middle' };
    const before = cursor === null ? undefined : this.#versions[Number(cursor)];
    const cursorNow = String(this.#versions.push(new Map(this.onSale)) - 1);
    if (!before || !this.hasChanges) {
      return { outcome: 'read', cursor: cursorNow, isWhole: true, listings: [...this.onSale.values()], gone: [] };
    }
    const listings = [...this.onSale.values()].filter((each) => before.get(each.nativeId) !== each);
    const gone = [...before.keys()].filter((id) => !this.onSale.has(id));
    return { outcome: 'read', cursor: cursorNow, isWhole: false, listings, gone };
  }
}

async function aborted(signal: AbortSignal | undefined): Promise<void> {
  if (!signal) return new Promise(() => {});
  if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
}
