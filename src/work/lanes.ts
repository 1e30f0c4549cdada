import { type RawBuilder, sql } from 'kysely';

/** Attempts that one node makes at the same time. */
const NODE_MAX = 512;
/** Of those, attempts for one merchant: what a modest server takes at the same time. */
export const MERCHANT_MAX = 32;
/** For a merchant whose last attempt failed: each attempt may hold its lane until the time limit. */
const FAILING_MERCHANT_MAX = 4;

/**
 * Counts the attempts that this node is making, so that a merchant whose URL is slow or gone uses up its own lanes and
 * no other merchant's. It is a limit only: the rows decide who sends what.
 */
export class Lanes {
  readonly #inHand = new Map<string, number>();
  readonly #failing = new Set<string>();
  /** Merchants whose last claim used all of their room, so that more of their rows may be due. */
  #limited: ReadonlySet<string> = new Set();
  #isNodeLimited = false;
  #total = 0;

  get inHand(): number {
    return this.#total;
  }

  get room(): number {
    return NODE_MAX - this.#total;
  }

  /** How many more attempts a merchant may have, for each merchant for which that is not `MERCHANT_MAX`. */
  rooms(): { readonly merchant_id: string; readonly room: number }[] {
    const merchants = new Set([...this.#inHand.keys(), ...this.#failing]);
    return [...merchants].map((merchantId) => ({ merchant_id: merchantId, room: this.#roomOf(merchantId) }));
  }

  /** Claims rows for the lanes that are free now, and enters them. */
  async fill<T extends { readonly merchant_id: string }>(claim: () => Promise<readonly T[]>): Promise<readonly T[]> {
    const [rooms, room] = [new Map(this.rooms().map((each) => [each.merchant_id, each.room])), this.room];
    const claimed = await claim();
    const counts = new Map([...rooms.keys()].map((merchantId) => [merchantId, 0]));
    for (const { merchant_id: merchantId } of claimed) {
      counts.set(merchantId, (counts.get(merchantId) ?? 0) + 1);
      this.#enter(merchantId);
    }
    const usedAll = [...counts].filter(([merchantId, count]) => count >= (rooms.get(merchantId) ?? MERCHANT_MAX));
    this.#limited = new Set(usedAll.map(([merchantId]) => merchantId));
    this.#isNodeLimited = claimed.length >= room;
    return claimed;
  }

  #enter(merchantId: string): void {
    this.#total++;
    this.#inHand.set(merchantId, (this.#inHand.get(merchantId) ?? 0) + 1);
  }

  /** @returns whether a due row may have found no lane when rows were last claimed, and finds one now */
  leave(merchantId: string, isWell: boolean): boolean {
    const left = (this.#inHand.get(merchantId) ?? 1) - 1;
    if (left > 0) this.#inHand.set(merchantId, left);
    else this.#inHand.delete(merchantId);
    this.#total--;
    if (isWell) this.#failing.delete(merchantId);
    else this.#failing.add(merchantId);
    return this.#isNodeLimited || (this.#limited.has(merchantId) && this.#roomOf(merchantId) > 0);
  }

  #roomOf(merchantId: string): number {
    const max = this.#failing.has(merchantId) ? FAILING_MERCHANT_MAX : MERCHANT_MAX;
    return Math.max(0, max - (this.#inHand.get(merchantId) ?? 0));
  }
}

/** In SQL: the table `lanes (merchant_id, room)`. A merchant that is not in it has room for `MERCHANT_MAX`. */
export function asTable(lanes: Lanes): RawBuilder<unknown> {
  return sql`jsonb_to_recordset(${JSON.stringify(lanes.rooms())}::jsonb) as lanes (merchant_id uuid, room integer)`;
}
