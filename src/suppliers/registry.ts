import type { Supplier } from './supplier.ts';

/** The suppliers that this process speaks to. Adding one is a folder beside this file and a line where they are made. */
export class SupplierRegistry {
  readonly all: readonly Supplier[];
  readonly #byId: ReadonlyMap<string, Supplier>;

  constructor(suppliers: readonly Supplier[]) {
    this.all = suppliers;
    this.#byId = new Map(suppliers.map((supplier) => [supplier.id, supplier]));
  }

  /** @throws Error for an id that is stored with an item but not configured: the operator must configure it again */
  get(id: string): Supplier {
    const supplier = this.#byId.get(id);
    if (!supplier) throw new Error(`supplier ${id} is not configured on this node`);
    return supplier;
  }

  find(id: string): Supplier | undefined {
    return this.#byId.get(id);
  }

  /** Who sells a public listing id, and under which id of their own. */
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
