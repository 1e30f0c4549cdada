import { MINUTE_MS, msBetween, SECOND_MS } from '../core/clock.ts';
import { errors } from '../core/errors.ts';
import { type Mills, sum } from '../core/money.ts';
import type { Deps } from '../deps.ts';
import type { Offer } from './market.ts';
import { isWithinLimit } from './terms.ts';

type OfferedDeps = Pick<Deps, 'market' | 'clock'>;

/** The balance is read once a minute. */
const BALANCE_RETRY_MS = MINUTE_MS;

/**
 * Refuses a buy from a supplier whose purchases fail.
 * @param itemIds the listing ids that cannot be bought now, as the caller sent them
 * @throws SERVICE_UNAVAILABLE
 */
export function requireOffered(
  { market, clock }: OfferedDeps,
  supplier: string,
  itemIds: readonly string[] = [],
): void {
  const { closedUntil } = market.availability(supplier);
  if (closedUntil) throw unavailable(msBetween(clock.now(), closedUntil), itemIds);
}

/**
 * Refuses a buy that costs more than is left to spend at the supplier, or than the operator's limit allows. The first would be
 * refused there, and nothing else would be bought there for a while.
 * @param prices what the supplier charges for the items
 * @throws SERVICE_UNAVAILABLE
 */
export function requireAffordable(
  { market }: OfferedDeps,
  supplier: string,
  prices: readonly Mills[],
  itemIds: readonly string[],
): void {
  const availability = market.availability(supplier);
  const { balanceMills } = availability;
  const total = sum(prices);
  const isTooMuch = balanceMills !== null && total > balanceMills;
  if (isTooMuch || !isWithinLimit(total, availability)) throw unavailable(BALANCE_RETRY_MS, itemIds);
}

/**
 * Refuses a buy for which all listings are withheld.
 * @param withheld may be empty
 * @throws SERVICE_UNAVAILABLE
 */
export function requireNoneWithheld(deps: OfferedDeps, withheld: readonly Offer[]): void {
  for (const { supplier } of withheld) requireOffered(deps, supplier.id);
  if (withheld.length > 0) throw unavailable(BALANCE_RETRY_MS, []);
}

function unavailable(retryAfterMs: number, itemIds: readonly string[]) {
  const items = itemIds.length === 0 ? {} : { items: itemIds.map((itemId) => ({ itemId })) };
  return errors.of('SERVICE_UNAVAILABLE', {
    message:
      'This marketplace does not complete purchases at the moment. Nothing was bought. Choose listings that the market ' +
      'shows, or retry later. Open trades continue and can be cancelled.',
    retryAfterSeconds: Math.max(1, Math.ceil(retryAfterMs / SECOND_MS)),
    details: { reason: 'marketplace_unavailable', ...items },
  });
}
