import type { ItemState } from '../../src/core/item-states.ts';
import type { CancellationState } from '../../src/db/tables.ts';
import type { Sweep } from './actions.ts';
import type { Embedded } from './embedded.ts';
import type { SeenItem } from './model.ts';

export interface SeenCancellation {
  readonly id: string;
  readonly itemId: string;
  readonly actor: string;
  readonly state: CancellationState;
  readonly reason: string | null;
  readonly requestedAt: Date;
  readonly closedAt: Date | null;
}

export interface SeenCallback {
  readonly id: string;
  readonly tradeId: string;
  readonly number: number;
  readonly state: 'pending' | 'delivered' | 'failed';
  readonly attempts: number;
}

/** What the gateway's tables say, read past all gates. Each function's type is that of its columns. */
export function seeItems(embedded: Embedded): SeenItem[] {
  const { rows } = embedded.run(`
    select item.id, trade.id as trade_id, trade.trade_url, trade.game, supplier, native_listing_id, listing_id, item.state, price_mills,
      cost_mills, trade.error as trade_error, trade.created_at as asked_at, auto_cancel_at from item join trade on trade.merchant_id = item.merchant_id and trade.id = item.trade_id
    order by item.trade_id, position`);
  return rows.map((row) => ({
    id: row['id'] as string,
    tradeId: row['trade_id'] as string,
    token: new URL(row['trade_url'] as string).searchParams.get('token') ?? '',
    game: row['game'] as string,
    supplier: row['supplier'] as string | null,
    nativeId: row['native_listing_id'] as string | null,
    listingId: row['listing_id'] as string | null,
    state: row['state'] as ItemState,
    tradeError: row['trade_error'] as string | null,
    priceMills: row['price_mills'] as bigint,
    costMills: row['cost_mills'] as bigint | null,
    askedAt: row['asked_at'] as Date,
    autoCancelAt: row['auto_cancel_at'] as Date | null,
  }));
}

export function seeCancellations(embedded: Embedded): SeenCancellation[] {
  const { rows } = embedded.run(
    'select id, item_id, actor, state, reason, requested_at, closed_at from cancellation order by requested_at, id',
  );
  return rows.map((row) => ({
    id: row['id'] as string,
    itemId: row['item_id'] as string,
    actor: row['actor'] as string,
    state: row['state'] as CancellationState,
    reason: row['reason'] as string | null,
    requestedAt: row['requested_at'] as Date,
    closedAt: row['closed_at'] as Date | null,
  }));
}

export function seeCallbacks(embedded: Embedded): SeenCallback[] {
  const { rows } = embedded.run('select id, trade_id, number, state, attempts from callback order by trade_id, number');
  return rows.map((row) => ({
    id: row['id'] as string,
    tradeId: row['trade_id'] as string,
    number: row['number'] as number,
    state: row['state'] as SeenCallback['state'],
    attempts: row['attempts'] as number,
  }));
}

export function seeBalances(embedded: Embedded): Map<string, bigint> {
  const { rows } = embedded.run('select name, balance_mills from account order by name');
  return new Map(rows.map((row) => [row['name'] as string, row['balance_mills'] as bigint]));
}

/** What transfers add up to, by item (or funding) and account. */
export function seeEntries(embedded: Embedded): { itemId: string | null; account: string; mills: bigint }[] {
  const { rows } = embedded.run(`
    select item_id, name, sum(mills)::bigint as mills from (
      select item_id, to_account as name, amount_mills as mills from transfer
      union all select item_id, from_account, -amount_mills from transfer
    ) as side group by item_id, name having sum(mills) <> 0 order by item_id, name`);
  return rows.map((row) => ({
    itemId: row['item_id'] as string | null,
    account: row['name'] as string,
    mills: row['mills'] as bigint,
  }));
}

export interface Due {
  readonly sweep: Sweep;
  readonly atMs: number;
  /** What it is about, when it is about one item. */
  readonly itemId: string | null;
  /** There is nothing to resolve: an order that is known is read. */
  readonly onlyReads: boolean;
}

/**
 * An earlier cancel may have reached an order that its seller has begun to deliver since: until the order ends, a retry reads
 * it and sends nothing. An order of a story can stand there for ever.
 */
const ONLY_READS = 'an earlier cancel may still be under way';

/** Whether a request waits for the end of its order. */
export function waitsForItsOrder({ state, reason }: SeenCancellation): boolean {
  return state === 'unknown' && reason?.endsWith(ONLY_READS) === true;
}

/** When each sweep has something to do, as the gateway's own rows say. */
export function seeDue(embedded: Embedded): Due[] {
  const { rows } = embedded.run(`
    select 'orders of ' || supplier as sweep, due_at, item_id, state = 'done' as only_reads
      from purchase where state in ('unknown', 'done') and due_at is not null
    union all select 'abandoned', due_at, null, false from purchase where state in ('recorded', 'asked')
    union all select 'approvals', due_at, null, false from approval where state = 'asking'
    union all select 'units', due_at, null, false from quick_buy where due_at is not null
    union all select 'timer', auto_cancel_due_at, id, false from item where auto_cancel_due_at is not null
    union all select 'cancellations', due_at, item_id, coalesce(reason like '%${ONLY_READS}', false) from cancellation
      where state in ('requested', 'unknown')
    union all select 'repair', callback.created_at, null, false from callback join merchant on merchant.id = merchant_id
      where state = 'pending' and due_at is null and callback_disabled_at is null
    union all select 'callbacks', due_at + interval '1 second', null, false from callback where state = 'pending' and due_at is not null
      and not exists (select 1 from callback as earlier where earlier.merchant_id = callback.merchant_id
        and earlier.trade_id = callback.trade_id and earlier.number < callback.number and earlier.state = 'pending')`);
  return rows.map((row) => ({
    sweep: row['sweep'] as Sweep,
    // PostgreSQL counts in thousandths of what a Date holds: a moment later, it is surely due.
    atMs: (row['due_at'] as Date).getTime() + 1,
    itemId: row['item_id'] as string | null,
    onlyReads: row['only_reads'] as boolean,
  }));
}

/** A purchase of which the gateway does not know what became. */
export interface SeenUnknown {
  readonly itemId: string;
  readonly supplier: string;
  readonly reference: string;
  readonly calls: number;
  /** Since when it knows that the marketplace has the reference. */
  readonly knownAt: Date | null;
}

export function seeUnknown(embedded: Embedded): SeenUnknown[] {
  const { rows } = embedded.run(
    "select item_id, supplier, reference, calls, known_at from purchase where state = 'unknown' order by id",
  );
  return rows.map((row) => ({
    itemId: row['item_id'] as string,
    supplier: row['supplier'] as string,
    reference: row['reference'] as string,
    calls: row['calls'] as number,
    knownAt: row['known_at'] as Date | null,
  }));
}
