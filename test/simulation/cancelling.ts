import { cancelItem } from '../../src/cancelling/cancel-item.ts';
import { type CancelledItem, type CancelledTrade, cancelTrade } from '../../src/cancelling/cancel-trade.ts';
import { ApiError } from '../../src/core/errors.ts';
import { newRequestId } from '../../src/core/ids.ts';
import { toRefusal } from './buying.ts';
import { keyOf } from './market-host.ts';
import { inFlight } from './model.ts';
import { cancellerAs, type Person, people } from './people.ts';
import { seeItems } from './seen.ts';
import type { ItemToCancel, Story } from './story.ts';

/** How many equal requests come at once. */
const CROWDS = [1, 1, 1, 2, 3, 10];

type Target = ItemToCancel;

/** Mostly who bought it; now and then somebody who may not. */
function askerFor({ random }: Story, { buyer }: Target): Person {
  return random.chance(0.85) ? buyer : random.pick(people);
}

/** Mostly an item at a marketplace that can cancel. */
function drawTarget({ random, items }: Story): Target {
  const able = items.filter(canBeCancelled);
  return random.pick(able.length > 0 && random.chance(0.8) ? able : items);
}

/** One to ten equal requests, over all nodes. */
export function cancelSomething(story: Story): void {
  if (story.items.length === 0) return;
  const target = drawTarget(story);
  for (let i = story.random.pick(CROWDS); i > 0; i--) cancelOnce(story, target);
}

/** One or several equal requests, over all nodes, perhaps beside cancels of single items. */
export function cancelWholeTrade(story: Story): void {
  if (story.items.length === 0) return;
  const target = drawTarget(story);
  const { tradeId, token } = target;
  const asker = askerFor(story, target);
  for (let i = story.random.pick(CROWDS.slice(0, -1)); i > 0; i--) {
    story.tally.wholes++;
    const { process, deps } = story.anyNode();
    story.scheduler.start(process, `cancel of all of ${token}`, async () => {
      const answer = await cancelTrade(deps, cancellerAs(story, asker), tradeId).catch(toRefusal);
      if (asker === target.buyer) requireHonestWhole(story, tradeId, answer);
      else requireForbidden(answer);
    });
  }
}

/** @throws Error when it is not what the marketplace knows of each item, or does not add up */
function requireHonestWhole(story: Story, tradeId: string, answer: CancelledTrade | Error): void {
  const all = story.items.filter((item) => item.tradeId === tradeId);
  const able = all.filter(canBeCancelled);
  const isUnable = able.length === 0;
  if (answer instanceof Error) {
    if (!(answer instanceof ApiError)) return;
    story.trace.line(`  cancel of all answered ${answer.key}`);
    if (isUnable !== (answer.key === 'TRADE_CANCEL_UNSUPPORTED')) throw new Error(`all of a trade: ${answer.key}`);
    for (const target of able) requireRefusal(story, target, 'already_closed', isAccepted(story, target));
    return;
  }
  const { requested, cancelled, failed, items } = answer;
  const isSummed = requested === items.length && cancelled + failed === requested && requested > 0;
  if (isUnable || !isSummed || cancelled !== items.filter(({ status }) => status === 'cancelled').length) {
    throw new Error(`all of a trade was answered ${JSON.stringify(answer)}`);
  }
  for (const item of items) requireHonestItem(story, able, item);
}

function requireHonestItem(story: Story, able: readonly Target[], { itemId, status, reason }: CancelledItem): void {
  const target = able.find((item) => item.itemId === itemId);
  if (!target) throw new Error(`item ${itemId} cannot be cancelled, or is not of the trade that was`);
  const known = ['SERVICE_UNAVAILABLE', 'SERVER_ERROR', 'TRADE_CANCEL_TOO_SOON', 'TRADE_NOT_CANCELLABLE'];
  if (status === 'failed' && (reason === undefined || !known.includes(reason)))
    throw new Error(`an item failed for ${reason}`);
  if (status === 'cancelled') requireHonest(story, target, {});
  // Why in detail is not said here: either is as good as the strictest.
  if (reason === 'TRADE_NOT_CANCELLABLE') requireRefusal(story, target, 'already_sent', isAccepted(story, target));
}

function canBeCancelled({ market }: Target): boolean {
  return market.cancelMinAgeMs !== null;
}

function isAccepted({ model }: Story, target: Target): boolean {
  return (model.orderOf(target)?.cancelAcceptedAtMs ?? null) !== null;
}

/** @throws Error when it is anything else, except that a fault of the story's making may stand in the way */
function requireForbidden(answer: object): void {
  const isFault = answer instanceof Error && !(answer instanceof ApiError);
  const isForbidden = answer instanceof ApiError && answer.key === 'FORBIDDEN';
  if (!isFault && !isForbidden) throw new Error('somebody else’s item could be asked about');
}

/** Which requests were accepted, for each story: its ids by the item that they were about. */
const requests = new WeakMap<Story, Map<string, Request[]>>();

interface Request {
  readonly id: string;
  isAccepted: boolean;
}

/** A new request, or now and then one that was made before, as by a caller that lost its answer. */
function requestFor(story: Story, target: Target): Request {
  const key = keyOf(target);
  const all = requests.get(story) ?? new Map<string, Request[]>();
  requests.set(story, all);
  const made = all.get(key) ?? [];
  all.set(key, made);
  if (made.length > 0 && story.random.chance(0.3)) return story.random.pick(made);
  const request = { id: newRequestId(), isAccepted: false };
  made.push(request);
  return request;
}

function cancelOnce(story: Story, target: Target): void {
  story.tally.cancels++;
  const { process, deps } = story.anyNode();
  const { tradeId, itemId } = target;
  const asker = askerFor(story, target);
  const request = requestFor(story, target);
  story.scheduler.start(process, `cancel of ${target.token} ${target.nativeId}`, async () => {
    const canceller = cancellerAs(story, asker, request.id);
    const wasAccepted = request.isAccepted;
    const answer = await cancelItem(deps, canceller, { tradeRef: tradeId, itemRef: itemId }).catch(toRefusal);
    if (asker !== target.buyer) return requireForbidden(answer);
    requireHonest(story, target, answer);
    if (!(answer instanceof Error)) request.isAccepted = true;
    else if (wasAccepted && answer instanceof ApiError && answer.key !== 'SERVICE_UNAVAILABLE') {
      throw new Error(`a request that was accepted is answered ${answer.key} when it is repeated`);
    }
  });
}

/** An answer may not say what the marketplace knows to be otherwise. @throws Error when it does */
function requireHonest(story: Story, target: Target, answer: object): void {
  if (!(answer instanceof Error)) {
    const isDone = isAccepted(story, target) || story.model.wasNeverBought(target);
    if (!isDone) throw new Error('answered as accepted, but the marketplace never accepted it');
    return;
  }
  if (!(answer instanceof ApiError)) return;
  const reason = answer.context.details?.['reason'];
  story.trace.line(`  cancel answered ${answer.key} ${reason ?? ''}`);
  switch (answer.key) {
    case 'SERVICE_UNAVAILABLE':
      return;
    case 'TRADE_CANCEL_TOO_SOON':
      requireTooSoon(story, target, answer);
      return;
    case 'TRADE_NOT_CANCELLABLE':
      requireRefusal(story, target, String(reason), isAccepted(story, target));
      return;
    default:
      throw new Error(`a cancel was answered ${answer.key}`);
  }
}

function requireTooSoon(story: Story, { market }: Target, answer: ApiError): void {
  const cancellableAtMs = Date.parse(String(answer.context.details?.['cancellableAt']));
  if (cancellableAtMs > story.clock.nowMs + (market.cancelMinAgeMs ?? 0))
    throw new Error(`too soon until ${cancellableAtMs}`);
}

/** Refused although the marketplace accepted: only for an item that is over by now, or was delivered all the same. */
function requireRefusal(story: Story, target: Target, reason: string, wasAccepted: boolean): void {
  if (canBeCancelled(target) === (reason === 'not_supported'))
    throw new Error(`an item at ${target.market.id} is refused: ${reason}`);
  if (!wasAccepted) return;
  const item = seeItems(story.embedded).find((each) => keyOf(each) === keyOf(target));
  const phases = story.model.phasesOf(story.model.orderOf(target));
  const wasDelivered = reason === 'already_sent' && (phases.has('accepted') || phases.has('settled'));
  if (!item || (inFlight.has(item.state) && !wasDelivered)) {
    throw new Error(`refused (${reason}), though the marketplace accepted it and the item is ${item?.state}`);
  }
}
