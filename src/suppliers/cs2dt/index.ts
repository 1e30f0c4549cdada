import { MINUTE_MS, SECOND_MS } from '../../core/clock.ts';
import { CS2 } from '../../core/games.ts';
import {
  addressSetting,
  apiKeySetting,
  callsPerSecondSetting,
  feedEverySetting,
  type SupplierAccount,
  type SupplierKind,
} from '../kind.ts';
import type {
  BuyAnswer,
  BuyOrder,
  CancelAnswer,
  FindAnswer,
  ListingAnswer,
  ListingsAnswer,
  OrderToCancel,
  Supplier,
} from '../supplier.ts';
import {
  isRefusal,
  readBalance,
  readBuy,
  readCancel,
  readFind,
  readListing,
  readOrder,
  readProducts,
} from './answers.ts';
import { pushAbility } from './callback.ts';
import { Cs2dtClient } from './client.ts';
import { readFeed } from './feed.ts';
import { readHistory } from './history.ts';
import { beyondCancel, cancelHindrance, FREE_CANCEL_AGE_MS, isNativeId, listingIds } from './map.ts';
import { checkTradeUrl } from './trade-url.ts';

/** Orders are looked up one by one: how many the list of orders takes at once is not known. */
const FIND_MAX = 1;
const LISTINGS_MAX = 100;
const LOOKUP_DELAY_MS = MINUTE_MS;
const FEED_EVERY_MS = 3 * MINUTE_MS;
/** Covers an order that was made after our call had ended, a clock that was corrected, and times in whole seconds. */
const CANCEL_MARGIN_MS = MINUTE_MS;
const CENT_MILLS = 10n;
const CALLS = { perSecond: 5, burst: 5 };

/** CS2DT: CS2 only; single orders can be cancelled, and statuses are pushed and polled. */
export const cs2dt: SupplierKind = {
  name: 'cs2dt',
  games: [CS2],
  settings: [
    apiKeySetting('Its list of addresses must have the address of each gateway node.'),
    {
      name: 'callbackSecret',
      isSecret: true,
      default: '',
      pattern: /^[\x21-\x7e]{1,200}$/,
      description: 'The app_secret that the console shows beside the callback URL. Without it orders are only polled.',
    },
    {
      name: 'searches',
      isSecret: false,
      pattern: /^[^;]{1,100}(;[^;]{1,100}){0,49}$/,
      description:
        'What is offered: up to 50 searches by name, separated by semicolons. The 20 cheapest listings of each of the ' +
        'first 100 items found are offered.',
    },
    {
      name: 'feedCallsPerSecond',
      isSecret: false,
      default: '2',
      pattern: /^[1-9]\d{0,4}$/,
      description: 'How fast each node reads what is offered. About 5 calls a second are known to work for an account.',
    },
    callsPerSecondSetting(CALLS, 'The limit is not published; about 5 a second are known to work for an account.'),
    feedEverySetting(FEED_EVERY_MS),
    {
      name: 'cancelMarginSeconds',
      isSecret: false,
      default: String(CANCEL_MARGIN_MS / SECOND_MS),
      pattern: /^(\d{1,3}|[12]\d{3}|3[0-5]\d\d|3600)$/,
      description:
        'How much longer than 30 minutes an order must have waited before it is cancelled. Earlier costs 2 %.',
    },
    {
      name: 'orderTree',
      isSecret: false,
      default: 'v1',
      pattern: /^v[12]$/,
      description: 'v1 or v2: the version of the routes that look up and cancel orders.',
    },
    addressSetting('baseUrl', 'https://openapi.cs2dt.com', 'The address of the API.'),
  ],
  calls: CALLS,
  create: createCs2dt,
};

function createCs2dt({ id, settings, timeoutMs, budget, dispatcher }: SupplierAccount): Supplier {
  const { apiKey = '', baseUrl = '', callbackSecret, orderTree = '', searches = '' } = settings;
  const { feedCallsPerSecond, feedEverySeconds, cancelMarginSeconds } = settings;
  const client = new Cs2dtClient({ baseUrl, apiKey, orderTree, timeoutMs, budget, dispatcher });
  const pauseMs = SECOND_MS / Number(feedCallsPerSecond);
  return {
    id,
    games: cs2dt.games,
    findMax: FIND_MAX,
    lookupDelayMs: LOOKUP_DELAY_MS,
    // Documented: a number that was used before is refused.
    repeats: 'refused',
    feedEveryMs: Number(feedEverySeconds) * SECOND_MS,
    settles: 'told',
    listingIds,
    cancel: {
      mode: 'async',
      minAgeMs: FREE_CANCEL_AGE_MS + Number(cancelMarginSeconds) * SECOND_MS,
      request: (order) => cancel(client, order, timeoutMs),
    },
    push: callbackSecret ? pushAbility(callbackSecret) : null,
    connection: null,
    balance: async () => readBalance(await client.balance()),
    history: (range, cursor) => readHistory(client, range, cursor),
    checkTradeUrl: (tradeUrl, limitMs) => checkTradeUrl(client, tradeUrl, limitMs),
    listing: (nativeId) => readOne(client, nativeId),
    listings: { max: LISTINGS_MAX, read: (nativeIds) => readMany(client, nativeIds) },
    feed: (_cursor, signal) =>
      readFeed(
        client,
        searches.split(';').map((each) => each.trim()),
        pauseMs,
        signal,
      ),
    buy: (order) => buy(client, order),
    find: (references) => find(client, references),
    close: () => client.close(),
  };
}

async function readOne(client: Cs2dtClient, nativeId: string): Promise<ListingAnswer> {
  if (!isNativeId(nativeId)) return { outcome: 'gone' };
  return readListing(await client.products([nativeId]), nativeId);
}

async function readMany(client: Cs2dtClient, nativeIds: readonly string[]): Promise<ListingsAnswer> {
  const known = nativeIds.filter(isNativeId);
  if (known.length === 0) return { outcome: 'read', answers: new Map() };
  return readProducts(await client.products(known), known);
}

async function buy(client: Cs2dtClient, order: BuyOrder): Promise<BuyAnswer> {
  if (!isNativeId(order.nativeListingId)) return { outcome: 'refused', reason: 'LISTING_UNAVAILABLE' };
  // A ceiling of 0.00 could be taken for none. Nothing was sent, so nothing was bought.
  if (order.ceilingMills < CENT_MILLS) return { outcome: 'refused', reason: 'PRICE_CHANGED' };
  return readBuy(await client.buy(order));
}

async function find(client: Cs2dtClient, references: readonly string[]): Promise<FindAnswer> {
  const [reference, another] = references;
  if (reference === undefined) return { outcome: 'read', found: [], neverMade: [] };
  if (another !== undefined) return { outcome: 'unknown', cause: `more than ${FIND_MAX} reference in one look-up` };
  return readFind(await client.order(reference), reference);
}

/**
 * The order is read first: a cancel of one that is on its way costs 2 % and may still be delivered. What the codes of a
 * refusal mean is not known, so that the order is read once more after it. All calls together stay within one's time limit.
 */
async function cancel(
  client: Cs2dtClient,
  { reference, orderId, isRepeat = false }: OrderToCancel,
  timeoutMs: number,
): Promise<CancelAnswer> {
  const endsAt = performance.now() + timeoutMs;
  const first = await client.order(reference, 'cancel');
  const order = readOrder(first, reference);
  if ('outcome' in order) return order;
  const hindrance = cancelHindrance(order, first.ok ? first.serverSeconds : undefined);
  if (hindrance) return isRepeat ? (beyondCancel(order) ?? stillOpen(hindrance)) : hindrance;
  const answer = await client.cancel(orderId, restMs(endsAt));
  const said = readCancel(answer);
  if (said.outcome === 'accepted' || !isRefusal(answer)) return said;
  // A code can stand for a time-out further up, so that the cancel may still be under way.
  const after = readOrder(await client.order(reference, 'cancel', restMs(endsAt)), reference);
  return ('outcome' in after ? null : beyondCancel(after)) ?? said;
}

/**
 * While an earlier cancel may still be under way, the order's state does not prove a refusal: the order may yet be cancelled.
 * "Too early" stays what it is, because it ends no request that is kept.
 */
function stillOpen(hindrance: CancelAnswer): CancelAnswer {
  if (hindrance.outcome !== 'refused' || hindrance.reason === 'too_early') return hindrance;
  return { outcome: 'unknown', cause: `${hindrance.reason}, and an earlier cancel may still be under way` };
}

function restMs(endsAt: number): number {
  return Math.max(1, Math.floor(endsAt - performance.now()));
}
