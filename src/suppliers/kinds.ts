import { cs2dt } from './cs2dt/index.ts';
import type { SupplierKind } from './kind.ts';
import { lisSkins } from './lis-skins/index.ts';
import { waxpeer } from './waxpeer/index.ts';

/** The marketplaces for which this version has an adapter, in alphabetical order. */
export const supplierKinds: readonly SupplierKind[] = [cs2dt, lisSkins, waxpeer];
