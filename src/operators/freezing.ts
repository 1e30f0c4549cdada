import { OperatorError } from '../core/operator-error.ts';
import type { FreezeRow, FreezeScope } from '../db/tables.ts';
import type { Deps } from '../deps.ts';
import { callsUnderWay, type FrozenScope, freeze, unfreeze } from '../freezes/operations.ts';
import { requireMerchant, resolveMerchant } from '../merchants/operations.ts';
import type { Opening } from '../supplier-health/breaker.ts';
import { closeCircuit } from '../supplier-health/store.ts';
import { knownSuppliers } from '../suppliers/known.ts';

/** What operators stop and resume: everything, one merchant, or one account at a marketplace. */

/** A scope as an operator names it. */
export interface NamedScope {
  readonly scope: FreezeScope;
  /** The id or name of a merchant, or the id of an account; empty for everything. */
  readonly ref: string;
}

/** @throws OperatorError when there is no such merchant, or several have the name */
export async function resolveScope(deps: Pick<Deps, 'db'>, { scope, ref }: NamedScope): Promise<FrozenScope> {
  if (scope === 'all') return { scope, target: '' };
  if (scope === 'merchant') return { scope, target: await resolveMerchant(deps, ref) };
  return { scope, target: ref };
}

/**
 * Refuses to freeze an account that no node was ever started with: a mistyped id would freeze nothing.
 * @throws OperatorError
 */
export async function requireFreezable({ db }: Pick<Deps, 'db'>, { scope, target }: FrozenScope): Promise<void> {
  if (scope !== 'supplier') return;
  const known = await knownSuppliers(db);
  if (known.includes(target)) return;
  throw new OperatorError(`unknown supplier ${target}; known suppliers: ${known.join(', ') || 'none yet'}`);
}

export interface StartedFreeze {
  readonly row: FreezeRow;
  /** false: it was frozen before, and stays as it was. */
  readonly isNew: boolean;
  /** Purchases that are being made now, and will be completed. */
  readonly underWay: number;
}

/** Freezes a scope, and counts the calls that are still completed. */
export async function startFreeze(
  deps: Pick<Deps, 'db' | 'clock'>,
  scope: FrozenScope,
  by: { readonly reason: string; readonly actor: string },
): Promise<StartedFreeze> {
  const started = await freeze(deps, scope, by);
  return { ...started, underWay: await callsUnderWay(deps, scope) };
}

type NameDeps = Pick<Deps, 'db' | 'clock' | 'secrets'>;

/** @throws OperatorError when the scope is not frozen */
export async function liftFreeze(deps: NameDeps, scope: FrozenScope): Promise<FreezeRow> {
  const row = await unfreeze(deps, scope);
  if (row) return row;
  throw new OperatorError(`${await nameOfScope(deps, scope)} is not frozen; skinrail freeze list shows all freezes`);
}

/** As sentences name it: `everything`, `supplier waxpeer`, `merchant Skin Shop`. */
export async function nameOfScope(deps: NameDeps, { scope, target }: FrozenScope): Promise<string> {
  if (scope === 'all') return 'everything';
  return scope === 'supplier' ? `supplier ${target}` : `merchant ${(await requireMerchant(deps, target)).name}`;
}

export interface ResumedAccount {
  /** When its circuit had opened, so that its listings were not offered; null: it was closed. */
  readonly opening: Opening | null;
  /** Why its last purchase failed; null: none did. */
  readonly reason: string | null;
  /** The freeze that was lifted; null: it was not paused. */
  readonly lifted: FreezeRow | null;
}

/**
 * Buys again with an account that is paused, or whose purchases have failed.
 * @throws OperatorError when it is neither
 */
export async function resumeAccount(deps: NameDeps, id: string): Promise<ResumedAccount> {
  const { opening, reason } = await closeCircuit(deps, id);
  const scope = { scope: 'supplier', target: id } as const;
  if (!opening) return { opening, reason, lifted: await liftFreeze(deps, scope) };
  return { opening, reason, lifted: (await unfreeze(deps, scope)) ?? null };
}
