import { sql } from 'kysely';
import { later, MINUTE_MS } from '../core/clock.ts';
import { type Mills, NOTHING } from '../core/money.ts';
import { ofAllMerchants } from '../db/portable.ts';
import type { FreezeRow, FreezeScope } from '../db/tables.ts';
import type { Deps } from '../deps.ts';
import { heldItems, isHeldBy } from './held.ts';

type FreezeDeps = Pick<Deps, 'db' | 'clock'>;

/** The scope of a freeze. `target` is the id of a merchant or a supplier, or empty for `all`. */
export interface FrozenScope {
  readonly scope: FreezeScope;
  readonly target: string;
}

/**
 * Stops buying: after the commit no node requests approvals or sends purchases within this scope. Freezing again changes
 * nothing.
 * @returns the freeze in force, and whether it is new
 */
export async function freeze(
  deps: FreezeDeps,
  { scope, target }: FrozenScope,
  { reason, actor }: { readonly reason: string; readonly actor: string },
): Promise<{ row: FreezeRow; isNew: boolean }> {
  const created = await deps.db
    .insertInto('buying_freeze')
    .values({ scope, target, reason, actor, since: deps.clock.now() })
    .onConflict((conflict) => conflict.columns(['scope', 'target']).doNothing())
    .returningAll()
    .executeTakeFirst();
  if (created) return { row: created, isNew: true };
  const before = deps.db
    .selectFrom('buying_freeze')
    .selectAll()
    .where('scope', '=', scope)
    .where('target', '=', target);
  return { row: await before.executeTakeFirstOrThrow(), isNew: false };
}

/**
 * Lifts a freeze. The waiting items continue with the next round of due work.
 * @returns the freeze that was lifted; undefined when there was none
 */
export async function unfreeze(deps: FreezeDeps, { scope, target }: FrozenScope): Promise<FreezeRow | undefined> {
  return deps.db
    .deleteFrom('buying_freeze')
    .where('scope', '=', scope)
    .where('target', '=', target)
    .returningAll()
    .executeTakeFirst();
}

/** The items that wait because of a freeze, and the money reserved for them. */
export interface Held {
  readonly items: number;
  readonly locked: Mills;
}

/** All freezes in force, oldest first. */
export async function freezesInForce({ db }: Pick<Deps, 'db'>): Promise<FreezeRow[]> {
  return db.selectFrom('buying_freeze').selectAll().orderBy('since').orderBy('scope').orderBy('target').execute();
}

/** All freezes in force, oldest first, with the items that wait. */
export async function listFreezes({ db }: Pick<Deps, 'db'>): Promise<(FreezeRow & { readonly held: Held })[]> {
  const listed = [];
  for (const row of await freezesInForce({ db })) listed.push({ ...row, held: await heldBy(db, row) });
  return listed;
}

async function heldBy(db: Deps['db'], { scope, target }: FrozenScope): Promise<Held> {
  const { rows } = await sql<{ items: number; locked: Mills | null }>`
    select count(*)::int4 as items, sum(price_mills)::bigint as locked from (${heldItems(null)}) as held
    where ${isHeldBy(scope, target)}`.execute(db);
  return { items: rows[0]?.items ?? 0, locked: rows[0]?.locked ?? NOTHING };
}

/** The number of purchase calls in the scope that are running now; they are completed. */
export async function callsUnderWay({ db }: Pick<Deps, 'db'>, { scope, target }: FrozenScope): Promise<number> {
  const { rows } = await sql<{ calls: number }>`
    select ${ofAllMerchants} count(*)::int4 as calls from purchase
    where due_at is not null and state = 'asked' and ${isHeldBy(scope, target)}`.execute(db);
  return rows[0]?.calls ?? 0;
}

/** The earliest time at which items that wait now are cancelled, unless the freeze is lifted. */
export function releasedFrom({ config }: Pick<Deps, 'config'>, { since }: Pick<FreezeRow, 'since'>): Date {
  return later(since, config.freezeWaitMin * MINUTE_MS);
}
