import type { Listing } from '../suppliers/supplier.ts';
import type { OfferQuery } from './market.ts';

type OfferFilter = Pick<OfferQuery, 'delivery' | 'phase' | 'floatMin' | 'floatMax'>;

/** Whether a listing matches a filter. Both ends of the float range are inclusive. */
export function matches(listing: Listing, { delivery, phase, floatMin, floatMax }: OfferFilter): boolean {
  if (delivery !== undefined && listing.delivery !== delivery) return false;
  if (phase !== undefined && listing.phase !== phase) return false;
  if (floatMin === undefined && floatMax === undefined) return true;
  if (listing.wear === undefined) return false;
  const float = Number(listing.wear);
  return float >= (floatMin ?? 0) && float <= (floatMax ?? 1);
}
