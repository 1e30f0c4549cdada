import { later, MINUTE_MS, msBetween } from '../clock.ts';
import type { Deps } from '../deps.ts';
import { errors } from '../errors.ts';
import { CS2, type Game } from '../suppliers/supplier.ts';
import { isTerminal } from '../trades/states.ts';
import { askAgain, askSupplier, awaitOutcome } from './ask.ts';
import { type Cancellation, newestCancellation, type Order, type Outcome } from './cancellation.ts';
import { type Asking, type Candidate, findAndRecord } from './find-and-record.ts';
import { leaseEnd, recordCancellation } from './record-cancellation.ts';

/** Whose items a caller may cancel, and who is asking. */
export interface Canceller {
  readonly merchantId: string;
  readonly source: 'self' | 'client';
  /** Of the client whose trade it has to be. null: any trade of the source will do. */
  readonly steamId: string | null;
  /** `merchant:<key id>` or `client:<SteamID64>`; kept with the wish. */
  readonly actor: string;
  readonly requestId: string;
}

/** What a caller reads on success; internal ids, whatever the path used (DESIGN 4.2, row 10). */
export interface Cancelled {
  readonly tradeId: string;
  readonly itemId: string;
  readonly externalId?: string;
  readonly status: 'cancelled';
}

const MIN_AGE_MS = 30 * MINUTE_MS;
const RETRY_AFTER_UNKNOWN_SECONDS = 5;

/**
 * Cancels one item: rows 4 to 12 of DESIGN 4.2, in that order. Success means that the supplier accepted, nothing more:
 * item, trade and wallet change later, by the supplier's own word.
 * @throws ITEM_NOT_FOUND, FORBIDDEN, TRADE_NOT_CANCELLABLE, TRADE_CANCEL_TOO_SOON; SERVICE_UNAVAILABLE when there is
 *   no clear answer, in which case the wish is kept and the supplier is asked until it is known
 */
export async function cancelItem(
  deps: Deps,
  canceller: Canceller,
  refs: { tradeRef: string; itemRef: string },
): Promise<Cancelled> {
  const ask = asking(deps, canceller);
  const target = requireOwnItem(await findAndRecord(deps, ask, refs), canceller);
  if (target.recorded === null) {
    requireCancellable(deps, target);
    requireAge(deps, target);
  }
  return answer(await outcomeOf(deps, ask, target), target);
}

function asking(deps: Deps, canceller: Canceller): Asking {
  const now = deps.clock.now();
  const oldEnough = newestToCancel(deps, now);
  return { ...canceller, now, oldEnough, leaseEnd: leaseEnd(deps, now, 1) };
}

/** The newest moment at which an item may have been created that is old enough for every supplier. */
export function newestToCancel(deps: Deps, now: Date): Date {
  const minAges = deps.suppliers.all.map((supplier) => supplier.cancel?.minAgeMs ?? 0);
  return later(now, -Math.max(MIN_AGE_MS, ...minAges));
}

type Target = Candidate & { readonly item: NonNullable<Candidate['item']> };

function requireOwnItem(candidate: Candidate | null, canceller: Canceller): Target {
  if (!candidate) throw errors.of('ITEM_NOT_FOUND');
  const { trade, item } = candidate;
  requireOwn(trade, canceller);
  if (!item) throw errors.of('ITEM_NOT_FOUND');
  return { ...candidate, item };
}

/** @throws FORBIDDEN for a trade that is not the caller's to cancel in: a client's own are those of its account */
export function requireOwn(trade: Candidate['trade'], { merchantId, source, steamId }: Canceller): void {
  const isOwn = trade.merchant_id === merchantId && trade.source === source;
  if (!isOwn || (steamId !== null && trade.steam_id !== steamId)) throw errors.of('FORBIDDEN');
}

function requireCancellable(deps: Deps, { trade, item }: Target): void {
  if (trade.type !== 'withdraw') throw notCancellable('not_a_withdrawal');
  if (!canEver(deps, trade, item)) throw notCancellable('not_supported');
  if (isTerminal(item.state)) throw notCancellable('already_closed');
}

/** Whether there is a way to cancel such an item at all. */
export function canEver(deps: Deps, trade: { readonly game: Game }, item: { readonly supplier: string }): boolean {
  return trade.game === CS2 && deps.suppliers.get(item.supplier).cancel !== null;
}

export function notCancellable(reason: string) {
  return errors.of('TRADE_NOT_CANCELLABLE', { details: { reason } });
}

/** An item of exactly 30 minutes can be cancelled. */
function requireAge(deps: Deps, { item }: Target): void {
  const minAgeMs = Math.max(MIN_AGE_MS, deps.suppliers.get(item.supplier).cancel?.minAgeMs ?? 0);
  const leftMs = minAgeMs - msBetween(item.created_at, deps.clock.now());
  if (leftMs <= 0) return;
  throw errors.of('TRADE_CANCEL_TOO_SOON', {
    retryAfterSeconds: Math.ceil(leftMs / 1000),
    details: { cancellableAt: later(item.created_at, minAgeMs).toISOString() },
  });
}

async function outcomeOf(deps: Deps, ask: Asking, target: Target): Promise<Outcome> {
  const { trade, item, cancellation, order } = target;
  const { merchantId, leaseEnd: leasedUntil } = ask;
  const asked = (id: string, order: Order) => askSupplier(deps, cancellationOf(target, id, order, leasedUntil));
  if (target.recorded !== null && order) return asked(target.recorded, order);
  if (cancellation?.state === 'accepted') return { outcome: 'accepted' };
  if (cancellation?.state === 'requested') return awaitOutcome(deps, merchantId, cancellation.id);
  // A merchant that repeats its wish while the answer is unknown brings the next try forward.
  if (cancellation)
    return (await askAgain(deps, merchantId, cancellation.id, ask)) ?? awaitOutcome(deps, merchantId, cancellation.id);

  const { actor, requestId } = ask;
  const { id: itemId, supplier } = item;
  const recorded = await recordCancellation(deps, {
    merchantId,
    tradeId: trade.id,
    itemId,
    supplier,
    actor,
    requestId,
    order,
    leasedUntil,
  });
  // Another request was first: its outcome is the answer to all of them, even when it is settled by now.
  if (!recorded) return awaitOutcome(deps, merchantId, await newestCancellation(deps, merchantId, itemId));
  return order ? asked(recorded, order) : { outcome: 'unknown' };
}

function cancellationOf({ trade, item }: Target, id: string, order: Order, leasedUntil: Date): Cancellation {
  const { id: itemId, supplier } = item;
  return { merchantId: trade.merchant_id, id, itemId, supplier, order, asks: 1, leasedUntil };
}

function answer(outcome: Outcome, { trade, item }: Target): Cancelled {
  switch (outcome.outcome) {
    case 'accepted':
      return {
        tradeId: trade.id,
        itemId: item.listing_id,
        ...(item.external_id === null ? {} : { externalId: item.external_id }),
        status: 'cancelled',
      };
    case 'refused':
      throw notCancellable(outcome.reason);
    case 'unknown':
      throw errors.of('SERVICE_UNAVAILABLE', {
        message:
          'The marketplace gave no clear answer. The wish to cancel is kept; ask again to see what became of it.',
        retryAfterSeconds: RETRY_AFTER_UNKNOWN_SECONDS,
        details: { outcome: 'unknown' },
      });
  }
}
