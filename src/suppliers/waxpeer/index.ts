import { MINUTE_MS, SECOND_MS } from '../../core/clock.ts';
import { CS2, RUST } from '../../core/games.ts';
import {
  addressSetting,
  apiKeySetting,
  callsPerSecondSetting,
  feedEverySetting,
  gamesOf,
  gamesSetting,
  type SupplierAccount,
  type SupplierKind,
} from '../kind.ts';
import { type ListOptions, readLargeList } from '../large-list.ts';
import type { KnownList } from '../list-difference.ts';
import type { BuyAnswer, BuyOrder, FindAnswer, Supplier, Unknown } from '../supplier.ts';
import { type ListChanges, WholeLists } from '../whole-lists.ts';
import { recipientOf } from '../wire-texts.ts';
import {
  readBalance,
  readBuy,
  readFind,
  readListing,
  readListings,
  readTradelinkCheck,
  refusalIn,
  unclear,
} from './answers.ts';
import { WaxpeerClient } from './client.ts';
import { readHistory } from './history.ts';
import { listingIds, namesBalance, openRefusals, wireIdOf } from './map.ts';
import * as snapshot from './snapshot.ts';

const FIND_MAX = 100;
const LISTINGS_MAX = 100;
/** The marketplace asks to look a lost purchase up one minute later. */
const LOOKUP_DELAY_MS = MINUTE_MS;
/** The list of CS2 alone has 240 MB. */
const FEED_EVERY_MS = 3 * MINUTE_MS;
const CALLS = { perSecond: 5, burst: 20 };

/** Waxpeer: sellers send the offer to the recipient themselves; it cannot cancel, and statuses are only polled. */
export const waxpeer: SupplierKind = {
  name: 'waxpeer',
  games: [CS2, RUST],
  settings: [
    apiKeySetting('Its list of addresses must have the address of each gateway node.'),
    gamesSetting,
    callsPerSecondSetting(CALLS, 'The limits of buying and of look-ups are not published.'),
    feedEverySetting(FEED_EVERY_MS),
    addressSetting('baseUrl', 'https://api.waxpeer.com', 'The address of the API.'),
  ],
  calls: CALLS,
  create: createWaxpeer,
};

function createWaxpeer(account: SupplierAccount): Supplier {
  const { id, settings, timeoutMs, listingsPerName, listTurns, budget, dispatcher } = account;
  const { apiKey = '', baseUrl = '', feedEverySeconds } = settings;
  const games = gamesOf(account);
  const client = new WaxpeerClient({ baseUrl, apiKey, timeoutMs, budget, dispatcher });
  const lists = new WholeLists(games, listTurns);
  return {
    id,
    games,
    findMax: FIND_MAX,
    lookupDelayMs: LOOKUP_DELAY_MS,
    // A used project_id seems to be refused, but whether it always is is not known.
    repeats: 'unsafe',
    feedEveryMs: Number(feedEverySeconds) * SECOND_MS,
    settles: 'told',
    listingIds,
    cancel: null,
    push: null,
    connection: null,
    balance: async () => readBalance(await client.user('balance')),
    history: (range, cursor) => readHistory(client, range, cursor),
    checkTradeUrl: async (tradeUrl, limitMs) =>
      readTradelinkCheck(await client.checkTradelink(tradeUrl, limitMs), tradeUrl),
    listing: async (nativeId) => readListing(await client.availability([wireIdOf(nativeId)]), wireIdOf(nativeId)),
    listings: {
      max: LISTINGS_MAX,
      read: async (nativeIds) => readListings(await client.availability(nativeIds.map(wireIdOf)), nativeIds),
    },
    feed: (cursor, signal) =>
      lists.read(cursor, (game, before) => readList(client, { game, perName: listingsPerName }, before, signal)),
    buy: (order) => buy(client, order, timeoutMs),
    find: (references) => find(client, references),
    close: () => client.close(),
  };
}

async function readList(
  client: WaxpeerClient,
  options: ListOptions,
  before: KnownList | null,
  signal?: AbortSignal,
): Promise<ListChanges | Unknown> {
  const answer = await client.snapshot(
    options.game,
    (chunks) => readLargeList(snapshot, options, chunks, before),
    signal,
  );
  if (!answer.ok) return unclear(answer);
  return typeof answer.value === 'string' ? { outcome: 'unknown', cause: answer.value } : answer.value;
}

async function buy(client: WaxpeerClient, order: BuyOrder, timeoutMs: number): Promise<BuyAnswer> {
  const recipient = recipientOf(order.tradeUrl);
  // Nothing was sent, so nothing was bought.
  if (!recipient) return { outcome: 'refused', reason: 'TRADE_URL_INVALID' };
  const { reference, ceilingMills, nativeListingId } = order;
  const beganAt = performance.now();
  const answer = await client.buy({ ...recipient, reference, ceilingMills, itemId: wireIdOf(nativeListingId) });
  const read = readBuy(answer);
  const refusal = refusalIn(answer);
  if (read.outcome !== 'unknown' || refusal === null || openRefusals.has(refusal)) return read;
  // Both calls together stay within the time limit of one.
  const restMs = Math.max(1, Math.floor(timeoutMs - (performance.now() - beganAt)));
  const balance = readBalance(await client.user('find', restMs));
  if (balance.outcome === 'unknown' || balance.availableMills >= ceilingMills) return read;
  // A wallet that is too low proves nothing by itself: the purchase may have emptied it.
  if (!namesBalance(refusal)) return { ...read, fault: 'balance' };
  return { outcome: 'refused', reason: 'MARKET_UNAVAILABLE', fault: 'balance' };
}

async function find(client: WaxpeerClient, references: readonly string[]): Promise<FindAnswer> {
  // The marketplace does not say what it does with more, and orders that it leaves out would look as if never made.
  if (references.length > FIND_MAX) {
    return { outcome: 'unknown', cause: `more than ${FIND_MAX} references in one look-up` };
  }
  return readFind(await client.find(references));
}
