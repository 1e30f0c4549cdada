import { findAndRecord, type ItemRefs, type WantedCancel } from '../cancellations/fast-path.ts';
import { type Candidate, decide, decideAccess, type ItemCandidate, type Owner } from '../cancellations/policy.ts';
import { earlierRequests, wasCancelled } from '../cancellations/queries.ts';
import { noteJoined, type RequestSummary } from '../cancellations/store.ts';
import { later, msBetween, SECOND_MS } from '../core/clock.ts';
import { type ApiError, errors } from '../core/errors.ts';
import { toMerchantDollars } from '../core/money.ts';
import type { Deps } from '../deps.ts';
import { returnedMills } from '../wallets/queries.ts';
import { leaseEnd } from '../work/lease.ts';
import { awaitOutcome, type RequestOutcome, requestCancel, retryCancel, type Undecided } from './engine.ts';
import { recordRequest } from './trade-lock.ts';

/** Whose items a caller may cancel, and who is asking. */
export interface Canceller extends Owner {
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

const RETRY_AFTER_UNKNOWN_SECONDS = 5;
/** When the supplier finds an order too new although by our clock it is not: the two differ by moments. */
const RETRY_AFTER_TOO_EARLY_MS = 5 * SECOND_MS;
/** How often a request is decided anew when its item changes in the moment in which it is recorded. */
const TRIES_MAX = 3;

/**
 * Cancels one item. Success means that the supplier accepted, nothing more: item, trade and wallet change later, when the
 * supplier confirms. Only an item that no supplier was asked to sell is cancelled on the spot.
 * The rules, in their order, are in `cancellations/policy.ts`.
 * @throws ITEM_NOT_FOUND, FORBIDDEN, TRADE_NOT_CANCELLABLE, TRADE_CANCEL_TOO_SOON; SERVICE_UNAVAILABLE when there is
 *   no clear answer, in which case the request is kept and retried until there is one
 */
export async function cancelItem(deps: Deps, canceller: Canceller, refs: ItemRefs): Promise<Cancelled> {
  for (let tried = 1; ; tried++) {
    const wanted: WantedCancel = { ...canceller, trigger: 'request', now: deps.clock.now() };
    const candidate = requireAccess(await findAndRecord(deps, wanted, refs), canceller);
    const outcome = await cancelCandidate(deps, wanted, candidate, tried === 1);
    if (outcome !== 'changed') return answer(deps, outcome, candidate);
    if (tried === TRIES_MAX) throw undecided('no_clear_answer');
  }
}

function requireAccess(candidate: Candidate, owner: Owner): ItemCandidate {
  if (decideAccess(candidate, owner) === 'forbidden') throw errors.of('FORBIDDEN');
  if (candidate.kind === 'no_trade' || candidate.kind === 'no_item') throw errors.of('ITEM_NOT_FOUND');
  return candidate;
}

/** `changed`: the item moved on in the moment in which the request was recorded, so that it must be decided anew. */
async function cancelCandidate(
  deps: Deps,
  wanted: WantedCancel,
  candidate: ItemCandidate,
  mayWait: boolean,
): Promise<RequestOutcome | 'changed'> {
  if (candidate.kind === 'held') return requestCancel(deps, candidate.request);
  const { trigger, now, merchantId } = wanted;
  const earlier = candidate.kind === 'open' ? null : await findEarlier(deps, wanted, candidate);
  const decision = decide(deps, { trigger, candidate, earlier, now });
  switch (decision.kind) {
    case 'join':
      return join(deps, wanted, decision.request);
    case 'accepted_earlier':
      await noteJoined(deps.db, { merchantId, id: decision.id }, wanted.requestId);
      return { outcome: 'accepted' };
    case 'refuse':
      throw notCancellable(decision.reason);
    case 'over':
      throw await overAlready(deps, candidate);
    case 'too_soon':
      throw tooSoon(deps, decision.at);
    case 'wait':
      if (!mayWait) throw tooSoon(deps, decision.until);
      await deps.clock.wait(msBetween(deps.clock.now(), decision.until));
      return 'changed';
    case 'request':
    case 'withdraw':
      return record(deps, wanted, candidate);
  }
}

async function findEarlier(deps: Deps, wanted: WantedCancel, { item }: ItemCandidate) {
  return (await earlierRequests(deps, deps.db, wanted, [item.id])).get(item.id) ?? null;
}

/** Another request of the item answers this one. */
async function join(deps: Deps, wanted: WantedCancel, { id, state }: RequestSummary): Promise<RequestOutcome> {
  const ref = { merchantId: wanted.merchantId, id };
  await noteJoined(deps.db, ref, wanted.requestId);
  if (state === 'accepted') return { outcome: 'accepted' };
  // A caller that repeats its request while the answer is unknown brings the next attempt forward.
  const retried = state === 'unknown' ? await retryCancel(deps, ref, wanted) : null;
  return retried ?? awaitOutcome(deps, ref);
}

/** Records the request under the trade's lock, and sends it if the item has an order by now. */
async function record(
  deps: Deps,
  wanted: WantedCancel,
  { trade, item }: ItemCandidate,
): Promise<RequestOutcome | 'changed'> {
  const ids = { tradeId: trade.id, itemId: item.id, supplier: item.supplier };
  const leasedUntil = leaseEnd(wanted.now, deps.config.supplierTimeoutMs);
  const recorded = await recordRequest(deps, { ...wanted, ...ids, leasedUntil });
  switch (recorded.kind) {
    case 'withdrawn':
      return { outcome: 'accepted' };
    case 'held':
      return requestCancel(deps, recorded.request);
    case 'waiting':
      return { outcome: 'unknown', why: 'not_bought_yet' };
    case 'joined':
      return join(deps, wanted, { id: recorded.id, state: 'lost' });
    case 'changed':
      return 'changed';
  }
}

/** Says what became of the item, so that "cancelled and refunded" can be told from delivered and from failed. */
async function overAlready({ db }: Deps, { trade, item }: ItemCandidate): Promise<ApiError> {
  const { merchant_id: merchantId } = trade;
  const isCancelled =
    item.state === 'canceled' || (item.state === 'reverted' && (await wasCancelled(db, merchantId, item.id)));
  const refunded = await returnedMills(db, merchantId, item.id);
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

function tooSoon(deps: Deps, at: Date): ApiError {
  return errors.of('TRADE_CANCEL_TOO_SOON', {
    retryAfterSeconds: Math.max(1, Math.ceil(msBetween(deps.clock.now(), at) / 1000)),
    details: { cancellableAt: at.toISOString() },
  });
}

function answer(deps: Deps, outcome: RequestOutcome, { trade, item }: ItemCandidate): Cancelled {
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

/** `details.reason` in a sentence; reasons that are not here need no sentence. */
const refusals: Readonly<Record<string, string>> = {
  already_cancelled: 'This item was cancelled before; details say what was refunded.',
  already_closed: 'This item is over; details say how it ended.',
  already_sent: 'The seller has sent this item already, so the marketplace does not cancel it any more.',
  not_supported: 'Items of this kind cannot be cancelled.',
  not_a_withdrawal: 'Only items that were bought can be cancelled.',
  not_allowed: 'The marketplace does not allow this item to be cancelled.',
};
