import { sql } from 'kysely';
import { later, MINUTE_MS } from '../core/clock.ts';
import { type Mills, NOTHING } from '../core/money.ts';
import type { FreezeRow, FreezeScope } from '../db/tables.ts';
import type { Deps } from '../deps.ts';
import { heldItems, isHeldBy } from './held.ts';

type FreezeDeps = Pick<Deps, 'db' | 'clock'>;

/** What a freeze is about. `target` is a merchant's or a supplier's id, and empty for everything. */
export interface FrozenScope {
  readonly scope: FreezeScope;
  readonly target: string;
}

/**
 * Stops buying: from the commit on no node asks a merchant, and sends a purchase, within this scope. Freezing again
 * changes nothing.
 * @returns the freeze that is in force, and whether it was there before
 */
export async function freeze(
  deps: FreezeDeps,
  { scope, target }: FrozenScope,
  { reason, actor }: { readonly reason: string; readonly actor: string },
): Promise<{ row: FreezeRow; isNew: boolean }> {
  const made = await deps.db
    .insertInto('buying_freeze')
    .values({ scope, target, reason, actor, since: deps.clock.now() })
    .onConflict((conflict) => conflict.columns(['scope', 'target']).doNothing())
    .returningAll()
    .executeTakeFirst();
  if (made) return { row: made, isNew: true };
  const before = deps.db
    .selectFrom('buying_freeze')
    .selectAll()
    .where('scope', '=', scope)
    .where('target', '=', target);
  return { row: await before.executeTakeFirstOrThrow(), isNew: false };
}

/**
 * Lifts a freeze: what was held back goes on with the next round of due work.
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

/** What waits under a freeze: items that no supplier was asked to sell, and the money that is reserved for them. */
export interface Held {
  readonly items: number;
  readonly locked: Mills;
}

/** All freezes that are in force, the oldest first, with what each of them holds back. */
export async function listFreezes({ db }: Pick<Deps, 'db'>): Promise<(FreezeRow & { readonly held: Held })[]> {
  const rows = await db
    .selectFrom('buying_freeze')
    .selectAll()
    .orderBy('since')
    .orderBy('scope')
    .orderBy('target')
    .execute();
  const listed = [];
  for (const row of rows) listed.push({ ...row, held: await heldBy(db, row) });
  return listed;
}

async function heldBy(db: Deps['db'], { scope, target }: FrozenScope): Promise<Held> {
  const { rows } = await sql<{ items: number; locked: Mills | null }>`
    select count(*)::integer as items, sum(price_mills)::bigint as locked from (${heldItems(null)}) as held
    where ${isHeldBy(scope, target)}`.execute(db);
  return { items: rows[0]?.items ?? 0, locked: rows[0]?.locked ?? NOTHING };
}

/** Purchases within a scope that were being made at this moment: they are followed to their end. */
export async function callsUnderWay({ db }: Pick<Deps, 'db'>, { scope, target }: FrozenScope): Promise<number> {
  const { rows } = await sql<{ calls: number }>`
    select count(*)::integer as calls from purchase
    where due_at is not null and state = 'asked' and ${isHeldBy(scope, target)}`.execute(db);
  return rows[0]?.calls ?? 0;
}

/** When what is held back by a freeze at this moment is cancelled at the earliest, unless it is lifted before. */
export function releasedFrom({ config }: Pick<Deps, 'config'>, { since }: Pick<FreezeRow, 'since'>): Date {
  return later(since, config.freezeWaitMin * MINUTE_MS);
}
