import { ConfigurationFault } from '../core/errors.ts';
import type { PurchaseTurn } from '../net/call-budget.ts';
import type { CallBudgets } from './call-budgets.ts';
import type { Supplier } from './supplier.ts';

/** An account with which a listing can be bought, and the marketplace's own id for the listing. */
export interface ListingOwner {
  readonly supplier: Supplier;
  readonly nativeId: string;
}

/** The suppliers that this process calls. */
export class SupplierRegistry {
  readonly all: readonly Supplier[];
  readonly #byId: ReadonlyMap<string, Supplier>;

  readonly #budgets: CallBudgets | null;

  /** @param budgets what limits their calls; null: nothing */
  constructor(suppliers: readonly Supplier[], budgets: CallBudgets | null = null) {
    this.all = suppliers;
    this.#budgets = budgets;
    this.#byId = new Map(suppliers.map((supplier) => [supplier.id, supplier]));
  }

  /** @throws ConfigurationFault if this node does not have the account of a stored item: it was removed, or added since */
  get(id: string): Supplier {
    const supplier = this.#byId.get(id);
    if (!supplier) {
      throw new ConfigurationFault(
        `This node has no account ${id}. Add it again, or restart the node if it was added.`,
      );
    }
    return supplier;
  }

  find(id: string): Supplier | undefined {
    return this.#byId.get(id);
  }

  /** The accounts at the marketplace of a public listing id. */
  ownersOf(listingId: string): ListingOwner[] {
    return this.all.flatMap((supplier) => {
      const nativeId = supplier.listingIds.toNative(listingId);
      return nativeId === null ? [] : [{ supplier, nativeId }];
    });
  }

  /**
   * Takes a purchase from the budget of its account, before the purchase is claimed.
   * @returns 0: it may be sent. Else nothing may be sent, for so many milliseconds
   */
  async takeForPurchase(id: string, turn: PurchaseTurn): Promise<number> {
    return (await this.#budgets?.find(id)?.takeForPurchase(turn)) ?? 0;
  }

  async close(): Promise<void> {
    await Promise.all(this.all.map((supplier) => supplier.close()));
    this.#budgets?.close();
  }
}
