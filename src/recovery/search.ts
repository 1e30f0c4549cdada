import type { Deps } from '../deps.ts';
import { hasHistory, type ReadOptions } from '../reconciliation/read-whole.ts';
import { createSupplier } from '../supplier-accounts/create-suppliers.ts';
import { listAccounts } from '../supplier-accounts/operations.ts';
import type { TimeRange } from '../suppliers/history.ts';
import type { Supplier } from '../suppliers/supplier.ts';
import { type Account, type LostOrder, lostOrders } from './lost-orders.ts';

type SearchDeps = Pick<Deps, 'db' | 'clock' | 'config' | 'secrets' | 'supplierKinds' | 'callBudgets'>;

/** What the marketplaces of all accounts have of a time that the database may have lost. */
export interface Search {
  readonly accounts: readonly Account[];
  readonly lost: readonly LostOrder[];
  /** Accounts of which not all orders could be read, and why. */
  readonly unread: ReadonlyMap<string, string>;
}

/** Reads the list of orders of every account, one after the other. Nothing is changed. */
export async function searchAccounts(deps: SearchDeps, range: TimeRange, options: ReadOptions): Promise<Search> {
  const accounts: Supplier[] = [];
  const lost: LostOrder[] = [];
  const unread = new Map<string, string>();
  try {
    for (const account of await listAccounts(deps)) {
      const supplier = createSupplier(deps, account, { budgets: deps.callBudgets });
      accounts.push(supplier);
      if (!hasHistory(supplier)) unread.set(supplier.id, 'its marketplace has no list of orders');
      else {
        const found = await lostOrders(deps, supplier, range, options);
        lost.push(...found.orders);
        if (found.cause !== null) unread.set(supplier.id, found.cause);
      }
    }
    return { accounts, lost, unread };
  } finally {
    await Promise.all(accounts.map((supplier) => supplier.close()));
  }
}
