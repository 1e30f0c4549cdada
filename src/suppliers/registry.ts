import type { Supplier } from './supplier.ts';

/** The suppliers that this process calls. */
export class SupplierRegistry {
  readonly all: readonly Supplier[];
  readonly #byId: ReadonlyMap<string, Supplier>;

  constructor(suppliers: readonly Supplier[]) {
    this.all = suppliers;
    this.#byId = new Map(suppliers.map((supplier) => [supplier.id, supplier]));
  }

  /** @throws Error if the supplier of a stored item is not configured any more: the operator must configure it again */
  get(id: string): Supplier {
    const supplier = this.#byId.get(id);
    if (!supplier) throw new Error(`Supplier ${id} is not configured on this node. Configure it again.`);
    return supplier;
  }

  find(id: string): Supplier | undefined {
    return this.#byId.get(id);
  }

  /** The supplier of a public listing id, and its own id for the listing. */
  ownerOf(listingId: string): { supplier: Supplier; nativeId: string } | undefined {
    for (const supplier of this.all) {
      const nativeId = supplier.listingIds.toNative(listingId);
      if (nativeId !== null) return { supplier, nativeId };
    }
    return undefined;
  }

  async close(): Promise<void> {
    await Promise.all(this.all.map((supplier) => supplier.close()));
  }
}
