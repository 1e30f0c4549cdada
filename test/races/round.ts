import { createHmac } from 'node:crypto';
import type { Pool } from 'undici';
import { signatureOf } from '../../sandbox/marketplace/cs2dt-wire.ts';
import type { CancelledTrade } from '../../src/cancelling/cancel-trade.ts';
import type { TradeWire } from '../../src/trades/wire.ts';
import type { Random } from '../simulation/random.ts';
import type { RaceItem } from './items.ts';
import { operatorPushes, pollStrikes, timerStrikes } from './operator.ts';
import { type Reply, send, type World } from './world.ts';

export type ActionKind = 'cancel' | 'whole' | 'deliver' | 'hint' | 'poll' | 'push' | 'read' | 'timer';

/** One of a round's ten requests, and what came of it. */
export interface Answer {
  readonly kind: ActionKind;
  readonly node: number;
  readonly status: number;
  /** Of a cancel, or of this item in the cancel of its whole trade: the key of the error, and `details.reason` or `details.outcome`. */
  readonly key?: string;
  readonly reason?: string;
  /** Of a cancel that was answered 200: the body is the documented one. */
  readonly isRight?: boolean;
  /** Of a read: how the item was said to stand. */
  readonly state?: string;
  /** By the gateways' clock. */
  readonly at: Date;
}

export interface Round {
  readonly item: RaceItem;
  readonly answers: readonly Answer[];
}

interface Planned {
  readonly kind: ActionKind;
  readonly node: number;
  readonly byExternalTrade: boolean;
  readonly byExternalItem: boolean;
  readonly afterMs: number;
}

const REQUESTS = 10;
/** A little more than the nodes' sweeps take to find that an item's time has come. */
const TIMER_AHEAD_MS = 110;
/** Whole trades are cancelled that have at most so many items: the others are for their own rounds. */
const WHOLE_MAX = 3;
/** Requests of one round start within one of these. */
const SPREADS_MS = [0, 0, 5, 20, 60, 200, 1500];

/** Ten requests for one item at once, most of them cancels. */
export async function playRound(world: World, random: Random, item: RaceItem): Promise<Round> {
  const answers = await Promise.all(
    plan(random, world.nodes.length, item).map((planned) => play(world, item, planned)),
  );
  return { item, answers };
}

function plan(random: Random, nodes: number, { siblings }: RaceItem): Planned[] {
  const others: ActionKind[] = (['hint', 'poll', 'push', 'read', 'timer'] as const).filter(() => random.chance(0.4));
  if (random.chance(0.4)) others.push('deliver');
  if (siblings <= WHOLE_MAX) for (let n = random.below(4); n > 0; n--) others.push('whole');
  const spreadMs = random.pick(SPREADS_MS);
  const headStartMs = others.includes('timer') && random.chance(0.4) ? TIMER_AHEAD_MS : 0;
  return Array.from({ length: REQUESTS }, (_, index) => ({
    kind: others[index] ?? 'cancel',
    node: random.below(nodes),
    byExternalTrade: random.chance(0.3),
    byExternalItem: random.chance(0.3),
    afterMs: random.below(spreadMs + 1) + (isCancel(others[index]) ? headStartMs : 0),
  }));
}

function isCancel(kind: ActionKind | undefined): boolean {
  return kind === undefined || kind === 'whole';
}

async function play(world: World, item: RaceItem, planned: Planned): Promise<Answer> {
  const node = world.nodes[planned.node];
  if (!node) throw new Error('there is such a node');
  if (planned.afterMs > 0) await new Promise((resolve) => setTimeout(resolve, planned.afterMs));
  const answer = await act(world, node, item, planned);
  return { kind: planned.kind, node: planned.node, at: world.clock.now(), ...answer };
}

type Came = Pick<Answer, 'status' | 'key' | 'reason' | 'isRight' | 'state'>;

async function act(world: World, node: Pool, item: RaceItem, planned: Planned): Promise<Came> {
  switch (planned.kind) {
    case 'cancel':
      return cancelled(item, await cancel(node, item, planned));
    case 'whole':
      return wholeCancelled(item, await cancelWhole(node, item, planned));
    case 'timer':
      await timerStrikes(world, item);
      return { status: 200 };
    case 'deliver':
      return { status: (await send(world.marketplace, 'POST', `/control/orders/${item.reference}/deliver`)).status };
    case 'hint':
      return { status: (await hint(world, node, item)).status };
    case 'poll':
      await pollStrikes(world, item);
      return { status: 200 };
    case 'push':
      await operatorPushes(world, item);
      return { status: 200 };
    case 'read':
      return read(item, await send(node, 'GET', `/secure/trades/${item.tradeId}`, undefined, keyOf(item)));
  }
}

function keyOf({ merchant }: RaceItem): { 'api-key': string } {
  return { 'api-key': merchant.apiKey };
}

function cancel(node: Pool, item: RaceItem, { byExternalTrade, byExternalItem }: Planned): Promise<Reply> {
  const trade = byExternalTrade ? item.tradeExternalId : item.tradeId;
  const line = byExternalItem ? item.externalId : item.listingId;
  return send(node, 'POST', `${item.asker.path}/${trade}/items/${line}/cancel`, undefined, item.asker.headers);
}

function cancelWhole(node: Pool, item: RaceItem, { byExternalTrade }: Planned): Promise<Reply> {
  const trade = byExternalTrade ? item.tradeExternalId : item.tradeId;
  return send(node, 'POST', `${item.asker.path}/${trade}/cancel`, undefined, item.asker.headers);
}

interface Envelope {
  readonly data?: Readonly<Record<string, unknown>>;
  readonly error?: { readonly key: string; readonly details?: { readonly reason?: string; readonly outcome?: string } };
}

function cancelled(item: RaceItem, { status, json }: Reply): Came {
  const { data, error } = json as Envelope; // the gateway's envelope
  if (error) return { status, key: error.key, reason: error.details?.outcome ?? error.details?.reason ?? '' };
  const { tradeId, itemId, externalId, status: word } = data ?? {};
  const isRight =
    tradeId === item.tradeId && itemId === item.listingId && externalId === item.externalId && word === 'cancelled';
  return { status, isRight };
}

/** What the answer says of this item, as the route for one item would have said it. */
function wholeCancelled(item: RaceItem, reply: Reply): Came {
  const { data, error } = reply.json as { data?: CancelledTrade; error?: unknown }; // the gateway's envelope
  if (error || !data) return cancelled(item, reply);
  const { tradeId, requested, cancelled: accepted, failed, items } = data;
  const own = items.find(({ itemId }) => itemId === item.listingId);
  const isSummed = requested === items.length && accepted + failed === requested;
  if (!isSummed || tradeId !== item.tradeId) return { status: 200, isRight: false };
  if (!own) return { status: 400, key: 'TRADE_NOT_CANCELLABLE', reason: 'already_closed' };
  if (own.status === 'cancelled') return { status: 200, isRight: own.externalId === item.externalId };
  const isUnknown = own.reason === 'SERVICE_UNAVAILABLE';
  return { status: isUnknown ? 503 : 400, key: own.reason ?? '', reason: isUnknown ? 'unknown' : 'not said' };
}

function read(item: RaceItem, { status, json }: Reply): Came {
  const trades = (json as { data?: TradeWire | TradeWire[] }).data; // as documented
  const trade = Array.isArray(trades) ? trades[0] : trades;
  return { status, state: trade?.items.find((each) => each.id === item.listingId)?.status ?? '' };
}

/** As the marketplace would push it, signed, and at any node. */
function hint({ secretKey }: World, node: Pool, { reference }: RaceItem): Promise<Reply> {
  const secret = createHmac('sha256', secretKey).update('sandbox hints').digest('hex');
  const fields = { type: 0, outTradeNo: reference };
  return send(node, 'POST', '/suppliers/cs2dt/hint', { ...fields, sign: signatureOf(fields, secret) });
}
