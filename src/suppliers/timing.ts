import type { Config } from '../config/config.ts';
import type { SupplierRegistry } from './registry.ts';

interface TimingDeps {
  readonly suppliers: SupplierRegistry;
  readonly config: Pick<Config, 'supplierTimeoutMs'>;
}

/** The time limit of one call that buys from a supplier, which some answer only after half a minute. */
export function buyTimeoutMs({ suppliers, config }: TimingDeps, supplierId: string): number {
  return suppliers.find(supplierId)?.buyTimeoutMs ?? config.supplierTimeoutMs;
}

/** The longest time limit of any call to a supplier of this node. */
export function longestCallMs({ suppliers, config }: TimingDeps): number {
  const ofBuys = suppliers.all.map((supplier) => supplier.buyTimeoutMs ?? 0);
  return Math.max(config.supplierTimeoutMs, ...ofBuys);
}
