import type { Dispatcher } from 'undici';
import { OperatorError } from '../core/operator-error.ts';
import type { SupplierAccountRow } from '../db/tables.ts';
import type { Deps } from '../deps.ts';
import type { CallBudgets } from '../suppliers/call-budgets.ts';
import { rateOf, type SupplierKind } from '../suppliers/kind.ts';
import { ListTurns } from '../suppliers/list-turns.ts';
import type { Supplier } from '../suppliers/supplier.ts';
import { listAccounts, openSettings } from './operations.ts';
import { type GivenSettings, requireSettings, withDefaults } from './settings.ts';

type CreateDeps = Pick<Deps, 'secrets' | 'supplierKinds' | 'config'>;

/**
 * The suppliers of all accounts, for a node.
 * @param budgets has the budget of each account; absent: nothing limits the calls
 * @throws OperatorError for the first account that this version cannot use
 */
export async function createSuppliers(deps: CreateDeps & Pick<Deps, 'db'>, budgets?: CallBudgets): Promise<Supplier[]> {
  const accounts = await listAccounts(deps);
  const listTurns = new ListTurns();
  return accounts.map((account) => createSupplier(deps, account, { budgets, listTurns }));
}

interface Shared {
  /** null or absent: nothing limits the calls. */
  readonly budgets?: CallBudgets | null | undefined;
  /** Absent: lists are read at once. */
  readonly listTurns?: ListTurns | undefined;
  /** Carries the calls; absent: connections of its own. */
  readonly dispatcher?: Dispatcher;
}

/**
 * @param shared what all accounts of a node have in common
 * @throws OperatorError that names the account and the command to run
 */
export function createSupplier(
  deps: CreateDeps,
  account: SupplierAccountRow,
  { budgets, listTurns, dispatcher }: Shared = {},
): Supplier {
  const { id } = account;
  const kind = deps.supplierKinds.find((each) => each.name === account.kind);
  if (!kind) {
    throw new OperatorError(
      `account ${id} is at ${account.kind}, for which this version has no adapter; start a version that has it, or remove ` +
        `the account with skinrail supplier remove ${id}`,
    );
  }
  const settings = withDefaults(kind, requireUsable(deps, kind, account));
  const { supplierTimeoutMs: timeoutMs, listingsPerName } = deps.config;
  const rate = rateOf(kind, { settings });
  const budget = rate ? budgets?.of(id, rate) : undefined;
  try {
    return kind.create({ id, settings, timeoutMs, listingsPerName, listTurns, budget, dispatcher });
  } catch {
    // The message of the error could hold a setting.
    throw unusable(id, `the adapter of ${kind.name} refuses its settings`);
  }
}

/** @throws OperatorError when a version with other settings has stored them */
function requireUsable(deps: CreateDeps, kind: SupplierKind, account: SupplierAccountRow): GivenSettings {
  try {
    const given = openSettings(deps, account);
    requireSettings(kind, given);
    return given;
  } catch (error) {
    throw unusable(account.id, error instanceof Error ? error.message : String(error));
  }
}

function unusable(id: string, cause: string): OperatorError {
  return new OperatorError(
    `account ${id} cannot be used: ${cause}. Correct it with skinrail supplier set ${id} --set name=value`,
  );
}
