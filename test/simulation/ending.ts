import type { ItemState } from '../../src/core/item-states.ts';
import { verify } from '../../src/verify/verify.ts';
import { requireAllRead } from './callback-log.ts';
import { keyOf } from './market-host.ts';
import { marketOf } from './markets.ts';
import type { SeenItem } from './model.ts';
import {
  type SeenCallback,
  type SeenCancellation,
  seeCallbacks,
  seeCancellations,
  seeItems,
  waitsForItsOrder,
} from './seen.ts';
import type { Story } from './story.ts';
import { leftToOperators } from './unresolved.ts';

const ATTEMPTS_MAX = 10;

/** Once nothing can happen any more: everything is as the marketplace knows it, and everybody was told. @throws Error */
export async function requireGoodEnd(story: Story): Promise<void> {
  const items = seeItems(story.embedded);
  const left = leftToOperators(story);
  for (const item of items) {
    const truth = left.has(item.id) ? 'pending' : story.model.truthOf(item);
    if (item.state !== truth)
      throw new Error(`item ${item.id} is ${item.state}, but by the marketplace's truth ${truth}`);
  }
  requireTrades(story, items);
  requireCancellationsAnswered(story, items, left);
  requireTimersKept(story, items, left);
  requireAllCallbacks(story, items);
  await requireAllRead(story);
  for (const { name, broken } of await verify(story.db, story.clock.now())) {
    if (broken) throw new Error(`verify: ${name} is broken by ${JSON.stringify(broken, bigintsAsText)}`);
  }
}

/** A buy that was answered as made is there once, one that was refused is not, of the others at most one. */
function requireTrades({ bought, host, limits }: Story, items: readonly SeenItem[]): void {
  for (const { token, outcome } of bought) {
    const trades = new Set(items.filter((item) => item.token === token).map(({ tradeId }) => tradeId));
    const isWrong = trades.size > 1 || (outcome === 'created') > (trades.size === 1);
    if (isWrong || (outcome === 'refused' && trades.size > 0)) {
      throw new Error(`buy ${token} is ${outcome}, and there are ${trades.size} trades of it`);
    }
  }
  const known = new Set(items.map(keyOf));
  for (const key of host.references.keys()) {
    // A unit of a quick buy may have moved on from a listing that was refused.
    const isRefused = limits.has(key.split(' ')[0] ?? '') && !host.isMade(key);
    if (!known.has(key) && !isRefused) throw new Error(`${key} was bought, but is in no trade`);
  }
}

/**
 * Nobody is left without an answer: only these may be open while their order still waits: an accepted request, and one that may
 * have reached its order before the seller began to deliver. So may one whose purchase an operator must ask for.
 */
function requireCancellationsAnswered(
  { embedded }: Story,
  items: readonly SeenItem[],
  left: ReadonlySet<string>,
): void {
  const states = new Map(items.map(({ id, state }) => [id, state]));
  for (const cancellation of seeCancellations(embedded)) {
    const { id, itemId, state } = cancellation;
    if (left.has(itemId)) continue;
    const isWaiting = states.get(itemId) === 'pending' || states.get(itemId) === 'active';
    if (isWaiting && waitsForItsOrder(cancellation)) continue;
    if (state === 'requested' || state === 'unknown' || (state === 'accepted' && !isWaiting)) {
      throw new Error(`cancellation ${id} is still ${state}, and its item ${states.get(itemId)}`);
    }
  }
}

/** What was still waiting when its time came was to be cancelled: by the timer, or by somebody before it. */
function requireTimersKept(
  { embedded, model, clock }: Story,
  items: readonly SeenItem[],
  left: ReadonlySet<string>,
): void {
  const cancellations = Map.groupBy(seeCancellations(embedded), ({ itemId }) => itemId);
  for (const item of items) {
    const at = model.timeOf(item);
    if (at === null || item.state !== 'pending' || at > clock.now() || left.has(item.id)) continue;
    if (marketOf(item.supplier ?? '').cancelMinAgeMs === null) continue;
    const mine = cancellations.get(item.id) ?? [];
    if (mine.some(isEnough)) continue;
    throw new Error(`item ${item.id} was to be cancelled at ${at.toISOString()}, and nobody asked for it`);
  }
}

/** A marketplace that finds an order too young is asked again. */
function isEnough({ actor, state, reason }: SeenCancellation): boolean {
  return state === 'accepted' || (actor === 'timer' && state === 'refused' && reason !== 'too_early');
}

/** Every callback was accepted, in the order of its trade, and together they show every state that was seen. */
function requireAllCallbacks(story: Story, items: readonly SeenItem[]): void {
  const callbacks = seeCallbacks(story.embedded);
  const order = new Map(story.receiver.taken.map(({ callbackId }, index) => [callbackId, index]));
  const byTrade = Map.groupBy(callbacks, ({ tradeId }) => tradeId);
  for (const callback of callbacks) requireTaken(story, callback, order);
  for (const [tradeId, ofTrade] of byTrade) {
    // A callback that had failed and was accepted after a replay comes after later ones of its trade.
    const inTurn = ofTrade.filter(({ state, attempts }) => state === 'delivered' && attempts <= ATTEMPTS_MAX);
    const places = inTurn.map(({ id }) => order.get(id) ?? -1);
    if (places.some((place, index) => place < (places[index - 1] ?? -1))) {
      throw new Error(`callbacks of trade ${tradeId} were accepted out of order`);
    }
    requireStatesSent(story, tradeId, ofTrade, items);
  }
}

function requireTaken({ receiver }: Story, callback: SeenCallback, order: ReadonlyMap<string, number>): void {
  const { id, state, attempts } = callback;
  if (state === 'delivered' && !order.has(id))
    throw new Error(`callback ${id} is delivered, but the receiver did not accept it`);
  if (state === 'failed' && attempts < ATTEMPTS_MAX)
    throw new Error(`callback ${id} failed after ${attempts} attempts`);
  if (state === 'pending') throw new Error(`callback ${id} was never sent`);
  if ((receiver.arrivals.get(id) ?? 0) === 0 && state === 'delivered') throw new Error(`callback ${id} never arrived`);
}

/** The bodies, in order, show each item in all states that the simulation saw it in; the last one shows how it ended. */
function requireStatesSent(
  story: Story,
  tradeId: string,
  callbacks: readonly SeenCallback[],
  items: readonly SeenItem[],
): void {
  if (callbacks.some(({ state }) => state === 'failed')) return;
  const bodies = new Map(story.receiver.taken.map(({ callbackId, trade }) => [callbackId, trade]));
  const own = items.filter((item) => item.tradeId === tradeId);
  for (const item of own) {
    // A unit of a quick buy that was never bought is never shown.
    if (story.limits.has(item.token) && item.costMills === null) continue;
    const shown = callbacks.flatMap(
      ({ id }) => bodies.get(id)?.items.find(({ id }) => id === item.listingId)?.status ?? [],
    );
    const seen = (story.books.seen.get(item.id) ?? []).filter((state) => state !== 'initiated');
    if (!isWithin(seen, shown) || (seen.length > 0 && shown.at(-1) !== item.state)) {
      throw new Error(`item ${item.id} went ${seen.join(', ')}, but its callbacks show ${shown.join(', ')}`);
    }
  }
}

/** True when `part` comes in `whole` in this order, perhaps with others between. */
function isWithin(part: readonly ItemState[], whole: readonly ItemState[]): boolean {
  let at = 0;
  for (const state of whole) if (state === part[at]) at++;
  return at === part.length;
}

function bigintsAsText(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? value.toString() : value;
}
