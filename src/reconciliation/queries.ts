import { sql } from 'kysely';
import { DAY_MS, later, MINUTE_MS } from '../core/clock.ts';
import { newId } from '../core/ids.ts';
import { ofAllMerchants } from '../db/portable.ts';
import type { Deps } from '../deps.ts';
import type { TimeRange } from '../suppliers/history.ts';
import type { OwnPurchase } from './policy.ts';

type QueryDeps = Pick<Deps, 'db' | 'config'>;

const REFERENCES_MAX = 500;
const MERCHANTS_MAX = 500;

/**
 * The purchases of an account whose order can have been made in a time. They are read merchant by merchant along the primary
 * key, whose ids sort by the time of recording, so that no index is needed that every purchase would have to write. The few
 * that were repeated have one, because their last call can be days after they were recorded.
 */
export async function purchasesIn(deps: QueryDeps, supplier: string, range: TimeRange): Promise<OwnPurchase[]> {
  const found = await repeatedIn(deps, supplier, range);
  for await (const merchantId of merchantIds(deps))
    found.push(...(await ofMerchant(deps, merchantId, supplier, range)));
  return found;
}

async function* merchantIds({ db }: QueryDeps): AsyncGenerator<string> {
  let after: string | null = null;
  do {
    let query = db.selectFrom('merchant').select('id').orderBy('id').limit(MERCHANTS_MAX);
    if (after !== null) query = query.where('id', '>', after);
    const rows: { id: string }[] = await query.execute();
    for (const { id } of rows) yield id;
    after = rows.length < MERCHANTS_MAX ? null : (rows.at(-1)?.id ?? null);
  } while (after !== null);
}

async function ofMerchant(
  deps: QueryDeps,
  merchantId: string,
  supplier: string,
  { from, to }: TimeRange,
): Promise<OwnPurchase[]> {
  const rows = await purchases(deps)
    .where('purchase.merchant_id', '=', merchantId)
    .where('purchase.supplier', '=', supplier)
    .where('purchase.id', '>=', newId(later(from, -recordedBeforeMs(deps))))
    .where('purchase.id', '<', newId(later(to, MINUTE_MS)))
    .where(lastSentAt, '>=', from)
    .where(lastSentAt, '<', to)
    .where(sql<boolean>`not ${isRepeated}`)
    .execute();
  return rows.flatMap(toOwn);
}

async function repeatedIn(deps: QueryDeps, supplier: string, { from, to }: TimeRange): Promise<OwnPurchase[]> {
  const rows = await purchases(deps)
    .modifyFront(ofAllMerchants)
    .where(isRepeated)
    .where('purchase.supplier', '=', supplier)
    .where('purchase.created_at', '<', to)
    .where(lastSentAt, '>=', from)
    .execute();
  return rows.flatMap(toOwn);
}

const lastSentAt = sql<Date>`coalesce(purchase.ordered_at, purchase.asked_at)`;
const isRepeated = sql<boolean>`(purchase.calls > 1)`;

/** How long before it was sent a purchase can have been recorded: it may have waited for the end of a freeze. */
function recordedBeforeMs({ config }: QueryDeps): number {
  return Math.max(config.freezeWaitMin * MINUTE_MS, DAY_MS);
}

/** The purchases of an account that have these references, whenever they were made. */
export async function purchasesOf(
  deps: QueryDeps,
  supplier: string,
  references: readonly string[],
): Promise<OwnPurchase[]> {
  const found: OwnPurchase[] = [];
  for (let start = 0; start < references.length; start += REFERENCES_MAX) {
    const rows = await purchases(deps)
      .modifyFront(ofAllMerchants)
      .where('purchase.reference', 'in', references.slice(start, start + REFERENCES_MAX))
      .where('purchase.supplier', '=', supplier)
      .execute();
    found.push(...rows.flatMap(toOwn));
  }
  return found;
}

function purchases({ db }: QueryDeps) {
  return db
    .selectFrom('purchase')
    .innerJoin('item', (join) =>
      join.onRef('item.merchant_id', '=', 'purchase.merchant_id').onRef('item.id', '=', 'purchase.item_id'),
    )
    .select([
      'purchase.trade_id as tradeId',
      'purchase.item_id as itemId',
      'purchase.reference',
      'purchase.state',
      'purchase.order_id as orderId',
      'item.state as itemState',
      'item.cost_mills as costMills',
      'purchase.asked_at',
      'purchase.ordered_at',
      'purchase.created_at',
      'purchase.calls',
    ]);
}

type Row = Awaited<ReturnType<ReturnType<typeof purchases>['execute']>>[number];

/** A purchase that was never sent has no order. */
function toOwn({ asked_at, ordered_at, created_at, calls, ...purchase }: Row): OwnPurchase[] {
  const at = ordered_at ?? asked_at;
  return at === null ? [] : [{ ...purchase, at, since: calls > 1 ? created_at : at }];
}
