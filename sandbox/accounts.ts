import { OperatorError } from '../src/core/operator-error.ts';
import type { Deps } from '../src/deps.ts';
import { addAccount, changeAccount, listAccounts } from '../src/supplier-accounts/operations.ts';

/** An account that the sandbox needs. Its id is the name of its kind. */
export interface NeededAccount {
  readonly kind: string;
  readonly given: Readonly<Record<string, string>>;
}

/**
 * Adds each account, or sets where it is by now.
 * @throws OperatorError when an account with such an id is at another marketplace
 */
export async function ensureAccounts(
  deps: Pick<Deps, 'db' | 'clock' | 'secrets' | 'supplierKinds'>,
  accounts: readonly NeededAccount[],
): Promise<void> {
  for (const account of accounts) {
    if ((await kindOf(deps, account.kind)) === undefined) await add(deps, account);
    else await change(deps, account);
  }
}

type AccountDeps = Parameters<typeof ensureAccounts>[0];

async function add(deps: AccountDeps, { kind, given }: NeededAccount): Promise<void> {
  try {
    await addAccount(deps, { kind, id: kind, given });
  } catch (error) {
    // Another node of the sandbox has just added it.
    if ((await kindOf(deps, kind)) !== kind) throw error;
  }
}

async function change(deps: AccountDeps, { kind, given }: NeededAccount): Promise<void> {
  const before = await kindOf(deps, kind);
  if (before !== kind)
    throw new OperatorError(`account ${kind} is at ${before}; remove it, because the sandbox needs its id`);
  await changeAccount(deps, kind, given);
}

async function kindOf(deps: AccountDeps, id: string): Promise<string | undefined> {
  return (await listAccounts(deps)).find((account) => account.id === id)?.kind;
}
