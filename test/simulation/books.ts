import { sql } from 'kysely';
import type { Db } from '../../src/db/connect.ts';
import { declinePenalty, type Mills, NOTHING, subtract, sum, toMills } from '../../src/money.ts';
import type { Marketplace } from '../../src/sandbox/marketplace/marketplace.ts';
import type { ItemState } from '../../src/trades/states.ts';

export const OPENING = toMills(100_000_000n);

/** What the simulation itself knows must hold; it shares no code with the ledger or with `verify`. */
export class Books {
  readonly #db: Db;
  readonly #merchantId: string;
  readonly #marketplace: Marketplace;

  constructor(db: Db, merchantId: string, marketplace: Marketplace) {
    this.#db = db;
    this.#merchantId = merchantId;
    this.#marketplace = marketplace;
  }

  /** @throws Error naming what does not hold; true after every step, whatever has happened */
  async check(): Promise<void> {
    const items = await this.#items();
    const balances = await this.#balances();
    const total = sum([...balances.values()]);
    expectSame('the sum of all accounts', total, NOTHING);
    const open = items.filter((item) => inFlight.has(item.state));
    expectSame('locked', balances.get('locked') ?? NOTHING, sum(open.map((item) => item.price_mills)));
    const spent = sum(items.map(spentOn));
    expectSame('available', balances.get('available') ?? NOTHING, subtract(OPENING, spent));
    await this.#checkOrders();
  }

  /** Once nothing can happen any more: every item stands where the marketplace's truth says. @throws Error as above */
  async checkEnd(): Promise<void> {
    await this.check();
    for (const item of await this.#items()) {
      const expected = this.#truth(item.reference);
      if (item.state !== expected) {
        throw new Error(`item ${item.id} is ${item.state}, but by the marketplace's truth ${expected}`);
      }
    }
    const { rows } = await sql<{ open: number }>`select count(*)::int as open from cancellation c
      join item on item.merchant_id = c.merchant_id and item.id = c.item_id
      where c.merchant_id = ${this.#merchantId} and c.state in ('requested', 'unknown', 'accepted')
        and item.state not in ('pending', 'active')`.execute(this.#db);
    expectSame('open wishes of items that are over', BigInt(rows[0]?.open ?? 0), 0n);
  }

  /** Bought at most once, asked at most once. */
  async #checkOrders(): Promise<void> {
    const { rows } = await sql<{ item_id: string; reference: string }>`
      select item_id, reference from purchase where merchant_id = ${this.#merchantId}`.execute(this.#db);
    const made = new Map<string, number>();
    for (const { item_id, reference } of rows) {
      const order = this.#marketplace.orders.byReference(reference);
      if (order && order.buyCalls > 1)
        throw new Error(`reference ${reference} was bought under ${order.buyCalls} times`);
      if (order?.outcome === 'made') made.set(item_id, (made.get(item_id) ?? 0) + 1);
    }
    for (const [itemId, count] of made) if (count > 1) throw new Error(`item ${itemId} was bought ${count} times`);
  }

  #truth(reference: string | null): ItemState {
    const order = reference === null ? undefined : this.#marketplace.orders.byReference(reference);
    if (order?.outcome !== 'made') return 'failed';
    return truths[this.#marketplace.standingOf(order).phase];
  }

  async #items() {
    const { rows } = await sql<{ id: string; state: ItemState; price_mills: Mills; reference: string | null }>`
      select item.id, item.state, item.price_mills, purchase.reference from item
      left join purchase on purchase.merchant_id = item.merchant_id and purchase.item_id = item.id
      where item.merchant_id = ${this.#merchantId}`.execute(this.#db);
    return rows;
  }

  async #balances(): Promise<Map<string, Mills>> {
    const rows = await this.#db
      .selectFrom('account')
      .select(['name', 'balance_mills'])
      .where('merchant_id', '=', this.#merchantId)
      .execute();
    return new Map(rows.map((row) => [row.name, row.balance_mills]));
  }
}

const inFlight = new Set<ItemState>(['initiated', 'pending', 'active', 'hold']);

function spentOn({ state, price_mills }: { state: ItemState; price_mills: Mills }): Mills {
  if (inFlight.has(state) || state === 'completed') return price_mills;
  return state === 'declined' ? declinePenalty(price_mills) : NOTHING;
}

const truths = {
  waiting: 'pending',
  preparing: 'pending',
  unheardOf: 'pending',
  offered: 'active',
  accepted: 'hold',
  settled: 'completed',
  cancelled: 'reverted',
  sellerFailed: 'failed',
  declined: 'declined',
  recalledBySeller: 'reverted',
  reversedByUser: 'reverted',
} as const satisfies Record<string, ItemState>;

function expectSame(what: string, actual: bigint, expected: bigint): void {
  if (actual !== expected) throw new Error(`${what}: ${actual}, but it must be ${expected}`);
}
