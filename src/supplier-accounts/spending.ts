import { sql } from 'kysely';
import { DAY_MS, later } from '../core/clock.ts';
import { firstIdOf } from '../core/ids.ts';
import type { ItemState } from '../core/item-states.ts';
import { type Mills, NOTHING, toMills } from '../core/money.ts';
import { ofAllMerchants } from '../db/portable.ts';
import type { Deps } from '../deps.ts';

/** What may be spent with an account in 24 hours, and what was. */
export interface SpendingLimit {
  readonly dayMaxMills: Mills;
  /** The costs of all items of the last 24 hours that did not fail and were not given back, those that wait for approval included. */
  readonly spentMills: Mills;
}

/** An item that ended otherwise has cost nothing, or its cost comes back. */
const COUNTED: readonly ItemState[] = ['initiated', 'pending', 'active', 'hold', 'completed'];

/** The limits of all accounts that have one. */
export async function readLimits(deps: Pick<Deps, 'db' | 'clock'>): Promise<ReadonlyMap<string, SpendingLimit>> {
  const limits = await deps.db.selectFrom('supplier_limit').selectAll().execute();
  const accounts = limits.map(({ supplier }) => supplier);
  const spent = await readSpent(deps, accounts);
  return new Map(
    limits.map((limit) => [
      limit.supplier,
      { dayMaxMills: limit.day_max_mills, spentMills: spent.get(limit.supplier) ?? NOTHING },
    ]),
  );
}

/** Ids of items begin with their time, and the join makes their index usable: only the items of a day are read. */
async function readSpent({ db, clock }: Pick<Deps, 'db' | 'clock'>, accounts: readonly string[]) {
  if (accounts.length === 0) return new Map<string, Mills>();
  const since = later(clock.now(), -DAY_MS);
  const { rows } = await sql<{ supplier: string; spent: bigint }>`
    select ${ofAllMerchants} item.supplier, sum(coalesce(item.cost_mills, item.ceiling_mills))::bigint as spent
    from merchant join item on item.merchant_id = merchant.id and item.id >= ${firstIdOf(since)}::uuid
    where item.supplier = any(${[...accounts]}) and item.state = any(${[...COUNTED]})
    group by item.supplier`.execute(db);
  return new Map(rows.map(({ supplier, spent }) => [supplier, toMills(spent)]));
}

/** @param dayMaxMills null: there is no limit */
export async function setLimit({ db }: Pick<Deps, 'db'>, supplier: string, dayMaxMills: Mills | null): Promise<void> {
  if (dayMaxMills === null) {
    await db.deleteFrom('supplier_limit').where('supplier', '=', supplier).execute();
    return;
  }
  await db
    .insertInto('supplier_limit')
    .values({ supplier, day_max_mills: dayMaxMills })
    .onConflict((conflict) => conflict.column('supplier').doUpdateSet({ day_max_mills: dayMaxMills }))
    .execute();
}

/** What may still be spent; nothing where more was spent than may be. */
export function leftOf({ dayMaxMills, spentMills }: SpendingLimit): Mills {
  return spentMills >= dayMaxMills ? NOTHING : toMills(dayMaxMills - spentMills);
}
