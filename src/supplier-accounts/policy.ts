import type { Game } from '../core/games.ts';
import { OperatorError } from '../core/operator-error.ts';
import type { SupplierPolicyRow } from '../db/tables.ts';
import type { Deps } from '../deps.ts';

/** How the operator wants an account to be used, for one game. */
export interface SupplierPolicy {
  /** Hundredths of a percent on top of the marketplace's price. The merchant's fee comes on top of both. */
  readonly markupBps: number;
  /** Where prices are equal, the account with the lower number is preferred. */
  readonly preference: number;
}

export const NO_POLICY: SupplierPolicy = { markupBps: 0, preference: 100 };
/** As the migration checks them. */
export const MARKUP_BPS_MAX = 10_000;
export const PREFERENCE_MAX = 1000;

/** @returns the policy of a supplier for a game */
export async function readPolicies({
  db,
}: Pick<Deps, 'db'>): Promise<(supplier: string, game: Game) => SupplierPolicy> {
  const rows = await db.selectFrom('supplier_policy').selectAll().execute();
  const byKey = new Map(rows.map((row) => [`${row.supplier} ${row.game}`, toPolicy(row)]));
  return (supplier, game) => byKey.get(`${supplier} ${game}`) ?? NO_POLICY;
}

/** Changes what is given, for some games; all nodes follow within a second. */
export async function setPolicy(
  { db }: Pick<Deps, 'db'>,
  supplier: string,
  games: readonly Game[],
  change: Partial<SupplierPolicy>,
): Promise<void> {
  const { markupBps, preference } = change;
  const set = {
    ...(markupBps === undefined ? {} : { markup_bps: markupBps }),
    ...(preference === undefined ? {} : { preference }),
  };
  const fresh = { ...NO_POLICY, ...change };
  const rows = games.map((game) => ({
    supplier,
    game,
    markup_bps: fresh.markupBps,
    preference: fresh.preference,
  }));
  if (rows.length === 0 || Object.keys(set).length === 0) return;
  await db
    .insertInto('supplier_policy')
    .values(rows)
    .onConflict((conflict) => conflict.columns(['supplier', 'game']).doUpdateSet(set))
    .execute();
}

/**
 * Changes the policy of an account for one of its games, or for all of them.
 * @param game null: all
 * @throws OperatorError for a game that the account does not sell
 */
export async function changePolicy(
  deps: Pick<Deps, 'db'>,
  { id, games }: { readonly id: string; readonly games: readonly Game[] },
  game: Game | null,
  change: Partial<SupplierPolicy>,
): Promise<void> {
  if (game && !games.includes(game)) throw new OperatorError(`account ${id} does not sell game ${game}`);
  await setPolicy(deps, id, game ? [game] : games, change);
}

function toPolicy({ markup_bps, preference }: SupplierPolicyRow): SupplierPolicy {
  return { markupBps: markup_bps, preference };
}
