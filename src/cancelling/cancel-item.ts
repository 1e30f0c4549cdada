import { type Asking, type Candidate, findAndRecord } from '../cancellations/find-and-record.ts';
import {
  cancellableAt,
  canEver,
  ORDER_WAIT_MAX_MS,
  oldEnoughEverywhere,
  orderCancellableAt,
} from '../cancellations/policy.ts';
import { leaseEnd } from '../cancellations/store.ts';
import { later, msBetween, SECOND_MS } from '../core/clock.ts';
import { type ApiError, errors } from '../core/errors.ts';
import { isTerminal } from '../core/item-states.ts';
import { toMerchantDollars } from '../core/money.ts';
import type { Deps } from '../deps.ts';
import { returnedMills } from '../wallets/queries.ts';
import {
  acceptedEarlier,
  awaitOutcome,
  type Cancellation,
  noteJoined,
  type Order,
  type Outcome,
  type Undecided,
  wasCancelled,
} from './cancellation.ts';
import { recordCancellation } from './record-cancellation.ts';
import { askAgain, askSupplier } from './request-cancel.ts';

/** Whose items a caller may cancel, and who is asking. */
export interface Canceller {
  readonly merchantId: string;
  readonly source: 'self' | 'client';
  /** Of the client whose trade it has to be. null: any trade of the source will do. */
  readonly steamId: string | null;
  /** `merchant:<key id>` or `client:<SteamID64>`; kept with the request. */
  readonly actor: string;
  readonly requestId: string;
  /** When the request arrived. */
  readonly askedAt: Date;
}

/** What a caller reads on success; internal ids, whatever the path used. */
export interface Cancelled {
  readonly tradeId: string;
  readonly itemId: string;
  readonly externalId?: string;
  readonly status: 'cancelled';
}

interface ItemRefs {
  readonly tradeRef: string;
  readonly itemRef: string;
}

const RETRY_AFTER_UNKNOWN_SECONDS = 5;
/** When the supplier finds an order too new although by our clock it is not: the two differ by moments. */
const RETRY_AFTER_TOO_EARLY_MS = 5 * SECOND_MS;
/** How often a request is judged anew when its item changes in the moment in which it is recorded. */
const TRIES_MAX = 3;

/**
 * Cancels one item. Success means that the supplier accepted, nothing more: item, trade and wallet change later, by the
 * supplier's own word. Only an item that no supplier was asked to sell is cancelled on the spot.
 * The rules, in their order, are in `docs/guides/cancelling.md`.
 * @throws ITEM_NOT_FOUND, FORBIDDEN, TRADE_NOT_CANCELLABLE, TRADE_CANCEL_TOO_SOON; SERVICE_UNAVAILABLE when there is
 *   no clear answer, in which case the request is kept and retried until there is one
 */
export async function cancelItem(deps: Deps, canceller: Canceller, refs: ItemRefs): Promise<Cancelled> {
  for (let tried = 1; ; tried++) {
    const ask = asking(deps, canceller);
    const target = requireOwnItem(await findAndRecord(deps, ask, refs), canceller);
    const outcome = await outcomeOf(deps, ask, target, tried === 1);
    if (outcome !== 'changed') return answer(deps, outcome, target);
    if (tried === TRIES_MAX) throw undecided('no_clear_answer');
  }
}

function asking(deps: Deps, canceller: Canceller): Asking {
  const now = deps.clock.now();
  return { ...canceller, now, ...oldEnoughEverywhere(deps, now), leaseEnd: leaseEnd(deps, now, 1) };
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
export function requireOwn(
  trade: Candidate['trade'],
  { merchantId, source, steamId }: Pick<Canceller, 'merchantId' | 'source' | 'steamId'>,
): void {
  const isOwn = trade.merchant_id === merchantId && trade.source === source;
  if (!isOwn || (steamId !== null && trade.steam_id !== steamId)) throw errors.of('FORBIDDEN');
}

/** `changed`: the item moved on in the moment in which the request was recorded, so it has to be judged anew. */
async function outcomeOf(deps: Deps, ask: Asking, target: Target, mayWait: boolean): Promise<Outcome | 'changed'> {
  const { item, order, recorded, cancellation } = target;
  if (recorded !== null && order) return askSupplier(deps, held(target, { id: recorded, order, ask }));
  if (cancellation) return join(deps, ask, cancellation);
  const accepted = (await acceptedEarlier(deps, ask, [item.id])).get(item.id);
  if (accepted !== undefined) {
    await noteJoined(deps, ask.merchantId, accepted, ask.requestId);
    return { outcome: 'accepted' };
  }
  await requireCancellable(deps, target);
  if (mayWait && (await waitForOrder(deps, target))) return 'changed';
  requireAge(deps, target);
  return record(deps, ask, target);
}

/** An open request answers for every other one that comes meanwhile. */
async function join(deps: Deps, ask: Asking, open: NonNullable<Candidate['cancellation']>): Promise<Outcome> {
  const { merchantId, requestId } = ask;
  await noteJoined(deps, merchantId, open.id, requestId);
  if (open.state === 'accepted') return { outcome: 'accepted' };
  // A caller that repeats its request while the answer is unknown brings the next attempt forward.
  const retried = open.state === 'unknown' ? await askAgain(deps, merchantId, open.id, ask) : null;
  return retried ?? awaitOutcome(deps, merchantId, open.id);
}

async function requireCancellable(deps: Deps, { trade, item }: Target): Promise<void> {
  if (trade.type !== 'withdraw') throw notCancellable('not_a_withdrawal');
  if (!canEver(deps, trade, item)) throw notCancellable('not_supported');
  if (isTerminal(item.state)) throw await overAlready(deps, trade.merchant_id, item);
}

/** Says what became of the item, so that "cancelled and refunded" can be told from delivered and from failed. */
async function overAlready(deps: Deps, merchantId: string, item: Target['item']): Promise<ApiError> {
  const isCancelled =
    item.state === 'canceled' || (item.state === 'reverted' && (await wasCancelled(deps, merchantId, item.id)));
  const refunded = await returnedMills(deps.db, merchantId, item.id);
  return notCancellable(isCancelled ? 'already_cancelled' : 'already_closed', {
    status: item.state,
    ...(item.reverted_by === null ? {} : { revertedBy: item.reverted_by }),
    refunded: toMerchantDollars(refunded),
  });
}

export function notCancellable(reason: string, details: Readonly<Record<string, unknown>> = {}): ApiError {
  const message = refusals[reason];
  return errors.of('TRADE_NOT_CANCELLABLE', { ...(message && { message }), details: { reason, ...details } });
}

/** An order is made a moment after its item: where only that moment is missing, it is waited for. */
async function waitForOrder(deps: Deps, { item, orderedAt }: Target): Promise<boolean> {
  const now = deps.clock.now();
  const leftMs = msBetween(now, orderCancellableAt(deps, item.supplier, orderedAt));
  if (leftMs <= 0 || leftMs > ORDER_WAIT_MAX_MS || cancellableAt(deps, item, orderedAt) > now) return false;
  await deps.clock.wait(leftMs);
  return true;
}

function requireAge(deps: Deps, { item, orderedAt }: Target): void {
  const byOrder = orderCancellableAt(deps, item.supplier, orderedAt);
  for (const at of [cancellableAt(deps, item, orderedAt), byOrder]) if (at > deps.clock.now()) throw tooSoon(deps, at);
}

function tooSoon(deps: Deps, at: Date): ApiError {
  return errors.of('TRADE_CANCEL_TOO_SOON', {
    retryAfterSeconds: Math.max(1, Math.ceil(msBetween(deps.clock.now(), at) / 1000)),
    details: { cancellableAt: at.toISOString() },
  });
}

async function record(deps: Deps, ask: Asking, target: Target): Promise<Outcome | 'changed'> {
  const { trade, item } = target;
  const { merchantId, actor, requestId, leaseEnd: leasedUntil } = ask;
  const { id: itemId, supplier } = item;
  const request = { merchantId, tradeId: trade.id, itemId, supplier, actor, requestId, leasedUntil };
  const recorded = await recordCancellation(deps, request);
  switch (recorded.kind) {
    case 'withdrawn':
      return { outcome: 'accepted' };
    case 'asking':
      return askSupplier(deps, held(target, { ...recorded, ask }));
    case 'waiting':
      return { outcome: 'unknown', why: 'not_bought_yet' };
    case 'joined':
      await noteJoined(deps, merchantId, recorded.id, requestId);
      return awaitOutcome(deps, merchantId, recorded.id);
    case 'changed':
      return 'changed';
  }
}

/** A request that this caller holds for its first attempt. */
function held({ trade, item }: Target, { id, order, ask }: { id: string; order: Order; ask: Asking }): Cancellation {
  const { id: itemId, supplier } = item;
  return { merchantId: trade.merchant_id, id, itemId, supplier, order, asks: 1, leasedUntil: ask.leaseEnd };
}

function answer(deps: Deps, outcome: Outcome, { trade, item }: Target): Cancelled {
  switch (outcome.outcome) {
    case 'accepted':
      return {
        tradeId: trade.id,
        itemId: item.listing_id,
        ...(item.external_id === null ? {} : { externalId: item.external_id }),
        status: 'cancelled',
      };
    case 'refused':
      if (outcome.reason !== 'too_early') throw notCancellable(outcome.reason);
      throw tooSoon(deps, later(deps.clock.now(), RETRY_AFTER_TOO_EARLY_MS));
    case 'unknown':
      throw undecided(outcome.why);
  }
}

const undecidedTexts = {
  no_clear_answer:
    'The marketplace gave no clear answer. Your cancellation request is kept, and the marketplace is asked until the ' +
    'result is known. Repeat the request, or read the trade, to see the result.',
  not_bought_yet:
    'It is not confirmed yet whether this item was bought, so the marketplace was not asked to cancel it. Your ' +
    'cancellation request is kept and carried out as soon as that is known. Repeat the request, or read the trade, to ' +
    'see the result.',
  too_early:
    'The marketplace cannot cancel this order free of charge yet. Your cancellation request is kept and carried out as ' +
    'soon as it can. Read the trade to see the result.',
} as const satisfies Record<Undecided, string>;

function undecided(why: Undecided): ApiError {
  return errors.of('SERVICE_UNAVAILABLE', {
    message: undecidedTexts[why],
    retryAfterSeconds: RETRY_AFTER_UNKNOWN_SECONDS,
    details: { outcome: 'unknown', reason: why },
  });
}

/** `details.reason` in a sentence; reasons that are not here speak for themselves. */
const refusals: Readonly<Record<string, string>> = {
  already_cancelled: 'This item was cancelled before; details say what was refunded.',
  already_closed: 'This item is over; details say how it ended.',
  already_sent: 'The seller has sent this item already, so the marketplace does not cancel it any more.',
  not_supported: 'Items of this kind cannot be cancelled.',
  not_a_withdrawal: 'Only items that were bought can be cancelled.',
  not_allowed: 'The marketplace does not allow this item to be cancelled.',
};
