import type { ItemState } from '../../src/core/item-states.ts';
import type { Embedded } from './embedded.ts';
import { marketOf } from './markets.ts';
import type { Model, SeenItem } from './model.ts';
import { type SeenCancellation, seeBalances, seeCancellations, seeEntries, seeItems } from './seen.ts';

const MONEY_TABLES = ['item', 'trade', 'account', 'transfer'];

/** Compares what the gateway says with what the model knows, after each step that wrote something. */
export class Books {
  /** The states that each item was seen in, one after the other. */
  readonly seen = new Map<string, ItemState[]>();
  readonly #known = new Set<string>();
  readonly #embedded: Embedded;
  readonly #model: Model;
  readonly #openingMills: bigint;
  checks = 0;
  /** Requests of the timer. */
  timed = 0;

  constructor(embedded: Embedded, model: Model, openingMills: bigint) {
    this.#embedded = embedded;
    this.#model = model;
    this.#openingMills = openingMills;
  }

  /** @param written tables that a step wrote to @throws Error naming what does not hold */
  checkStep(written: Set<string>): void {
    const isMoney = MONEY_TABLES.some((table) => written.has(table));
    const isCancellation = written.has('cancellation');
    written.clear();
    if (!isMoney && !isCancellation) return;
    this.checks++;
    const items = seeItems(this.#embedded);
    if (isMoney) this.#checkMoney(items);
    if (isCancellation || isMoney) this.#checkCancellations(items);
  }

  #checkMoney(items: readonly SeenItem[]): void {
    const expected = new Map<string, bigint>([
      ['  funding', -this.#openingMills],
      ['  available', this.#openingMills],
    ]);
    for (const item of items) {
      this.#model.requireGrounds(item);
      this.#note(item);
      for (const [account, mills] of this.#model.moneyOf(item)) expected.set(`${item.id} ${account}`, mills);
    }
    const entries = seeEntries(this.#embedded);
    const booked = new Map(entries.map(({ itemId, account, mills }) => [`${itemId ?? ' '} ${account}`, mills]));
    requireSame('what transfers add up to', booked, expected);
    const totals = new Map<string, bigint>();
    for (const { account, mills } of entries) totals.set(account, (totals.get(account) ?? 0n) + mills);
    requireSame('balances', withoutZeros(seeBalances(this.#embedded)), withoutZeros(totals));
  }

  #note({ id, state }: SeenItem): void {
    const states = this.seen.get(id) ?? [];
    if (states.at(-1) !== state) this.seen.set(id, [...states, state]);
  }

  /** The timer requests nothing before its time, and nothing for what it knows to be sent. */
  #checkNew({ id, actor, requestedAt }: SeenCancellation, item: SeenItem): void {
    this.#known.add(id);
    if (actor !== 'timer') return;
    this.timed++;
    const at = this.#model.timeOf(item);
    if (at === null || requestedAt < at)
      throw new Error(`the timer has requested ${id} at ${requestedAt}, not at ${at}`);
    if (marketOf(item.supplier ?? '').cancelMinAgeMs === null)
      throw new Error(`the timer has requested ${id} of a marketplace that cannot cancel`);
    if (item.state !== 'pending' && item.state !== 'canceled')
      throw new Error(`the timer has requested ${id} for an item that is ${item.state}`);
  }

  /** A request may not be said to have ended in a way that the marketplace knows to be otherwise. */
  #checkCancellations(items: readonly SeenItem[]): void {
    const byId = new Map(items.map((item) => [item.id, item]));
    for (const cancellation of seeCancellations(this.#embedded)) {
      const item = byId.get(cancellation.itemId);
      if (!item) throw new Error(`cancellation ${cancellation.id} is about no item`);
      if (!this.#known.has(cancellation.id)) this.#checkNew(cancellation, item);
      const order = this.#model.orderOf(item);
      const acceptedAtMs = order?.cancelAcceptedAtMs ?? null;
      const phases = this.#model.phasesOf(order);
      const isWithdrawn = item.state === 'canceled' && this.#model.wasNeverBought(item);
      if (
        (cancellation.state === 'accepted' || cancellation.state === 'settled') &&
        acceptedAtMs === null &&
        !isWithdrawn
      ) {
        throw new Error(
          `cancellation ${cancellation.id} is ${cancellation.state}, but the marketplace never accepted a cancel`,
        );
      }
      if (cancellation.state === 'lost' && !phases.has('accepted') && !phases.has('settled')) {
        throw new Error(`cancellation ${cancellation.id} is lost, but nothing was delivered`);
      }
      const wasAccepted = acceptedAtMs !== null && acceptedAtMs <= (cancellation.closedAt?.getTime() ?? 0);
      const isOlder = acceptedAtMs !== null && acceptedAtMs >= cancellation.requestedAt.getTime();
      if (cancellation.state === 'refused' && wasAccepted && isOlder) {
        throw new Error(
          `cancellation ${cancellation.id} is refused (${cancellation.reason}), but the marketplace had accepted it`,
        );
      }
    }
  }
}

function requireSame(what: string, actual: Map<string, bigint>, expected: Map<string, bigint>): void {
  for (const key of new Set([...actual.keys(), ...expected.keys()])) {
    if (actual.get(key) === expected.get(key)) continue;
    throw new Error(`${what}, ${key}: ${actual.get(key) ?? 0n}, but it must be ${expected.get(key) ?? 0n}`);
  }
}

function withoutZeros(by: Map<string, bigint>): Map<string, bigint> {
  return new Map([...by].filter(([, mills]) => mills !== 0n));
}
