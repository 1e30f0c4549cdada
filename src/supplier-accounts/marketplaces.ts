import type { Game } from '../core/games.ts';
import type { SupplierAccountRow } from '../db/tables.ts';
import type { Deps } from '../deps.ts';
import type { SupplierKind } from '../suppliers/kind.ts';
import { listAccounts, refuseUnknown } from './operations.ts';

/** An account at a marketplace, as operators see it. */
export interface Marketplace {
  readonly id: string;
  /** null: it was removed, and this node uses it until it is restarted. */
  readonly account: SupplierAccountRow | null;
  /** Absent: the account was removed, or this version has no adapter for it. */
  readonly kind: SupplierKind | undefined;
  readonly games: readonly Game[];
  /** Whether this node knows it: one that was added since its start is not known before it is restarted. */
  readonly isInUse: boolean;
}

type MarketplaceDeps = Pick<Deps, 'db' | 'suppliers' | 'supplierKinds'>;

/** All accounts, and those that were removed and that this node still uses, by id. */
export async function listMarketplaces(deps: MarketplaceDeps): Promise<Marketplace[]> {
  const accounts = new Map((await listAccounts(deps)).map((account) => [account.id, account]));
  const used = deps.suppliers.all.map(({ id }) => id);
  return [...new Set([...accounts.keys(), ...used])].sort().map((id) => marketplaceOf(deps, id, accounts.get(id)));
}

/** @throws OperatorError when there is no such account, and this node uses none with that id */
export async function requireMarketplace(deps: MarketplaceDeps, id: string): Promise<Marketplace> {
  const all = await listMarketplaces(deps);
  return all.find((each) => each.id === id) ?? refuseUnknown(id);
}

function marketplaceOf(
  { suppliers, supplierKinds }: MarketplaceDeps,
  id: string,
  account: SupplierAccountRow | undefined,
): Marketplace {
  const supplier = suppliers.find(id);
  const kind = account && supplierKinds.find(({ name }) => name === account.kind);
  return {
    id,
    account: account ?? null,
    kind,
    games: kind?.games ?? supplier?.games ?? [],
    isInUse: supplier !== undefined,
  };
}
