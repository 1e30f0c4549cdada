import { DAY_MS, MINUTE_MS, SECOND_MS } from '../../core/clock.ts';
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
import type { BuyAnswer, BuyOrder, FindAnswer, ListingAnswer, ListingsAnswer, Supplier, Unknown } from '../supplier.ts';
import { type ListChanges, WholeLists } from '../whole-lists.ts';
import { recipientOf } from '../wire-texts.ts';
import { readBalance, readBuy, readFind, readHistory, readListing, readListings, unclearPriceList } from './answers.ts';
import { LisSkinsClient } from './client.ts';
import { ceilingOf, listingIds, wireIdOf } from './map.ts';
import * as priceList from './price-list.ts';
import { connectionAbility } from './push.ts';

const FIND_MAX = 200;
const LISTINGS_MAX = 100;
/** How soon a look-up shows a new purchase is not known. */
const LOOKUP_DELAY_MS = MINUTE_MS;
/** A purchase is answered late: an integrator waits so long. */
const BUY_TIMEOUT_MS = 35 * SECOND_MS;
/** The list of CS2 has 850 MB, and is itself a few minutes old. */
const FEED_EVERY_MS = 5 * MINUTE_MS;
/** Nobody says that Steam's protection is over. An item is watched a day longer than that. */
const SETTLES = { afterMs: DAY_MS };
/** In no minute more than the 200 calls that a key may make: the burst, and what the rate gives in a minute. */
const CALLS = { perSecond: 3, burst: 20 };

const API_KEY_LENGTH_MAX = 500;

/** LIS-SKINS: its own bots send the offer; it cannot cancel, and statuses are pushed over a WebSocket and polled. */
export const lisSkins: SupplierKind = {
  name: 'lis-skins',
  games: [CS2, RUST],
  settings: [
    apiKeySetting('It is tied to an address, which must be that of each gateway node.', API_KEY_LENGTH_MAX),
    gamesSetting,
    callsPerSecondSetting(CALLS, 'The marketplace allows 200 calls a minute; purchases are counted here as well.'),
    feedEverySetting(FEED_EVERY_MS),
    {
      name: 'userId',
      isSecret: false,
      default: '',
      pattern: /^[1-9]\d{0,17}$/,
      description: 'The number of the account, which the cabinet shows. Without it orders are only polled.',
    },
    addressSetting('baseUrl', 'https://api.lis-skins.com/v1', 'The address of the API.'),
    addressSetting('exportUrl', 'https://lis-skins.com/market_export_json', 'The address of the price lists.'),
    addressSetting(
      'socketUrl',
      'wss://ws.lis-skins.com/connection/websocket',
      'Where changes of purchases are pushed.',
    ),
  ],
  calls: CALLS,
  create: createLisSkins,
};

function createLisSkins(account: SupplierAccount): Supplier {
  const { id, settings, timeoutMs, listingsPerName, listTurns, budget, dispatcher } = account;
  const { apiKey = '', baseUrl = '', exportUrl = '', socketUrl = '', userId, feedEverySeconds } = settings;
  const games = gamesOf(account);
  const buyTimeoutMs = Math.max(timeoutMs, BUY_TIMEOUT_MS);
  const client = new LisSkinsClient({ baseUrl, exportUrl, apiKey, timeoutMs, budget, dispatcher }, buyTimeoutMs);
  const lists = new WholeLists(games, listTurns);
  return {
    id,
    games,
    findMax: FIND_MAX,
    lookupDelayMs: LOOKUP_DELAY_MS,
    // Documented: a custom_id that was used before is refused. Whether it is checked before the listing is not known.
    repeats: 'refused',
    buyTimeoutMs,
    feedEveryMs: Number(feedEverySeconds) * SECOND_MS,
    settles: SETTLES,
    listingIds,
    cancel: null,
    push: null,
    connection: userId ? connectionAbility(client, { socketUrl, userId, timeoutMs }) : null,
    balance: async () => readBalance(await client.balance()),
    history: async (range, cursor) => {
      const page = Number(cursor ?? 1);
      return readHistory(await client.history(range, page), page);
    },
    checkTradeUrl: null,
    listing: (nativeId) => readOne(client, wireIdOf(nativeId)),
    listings: { max: LISTINGS_MAX, read: (nativeIds) => readMany(client, nativeIds) },
    feed: (cursor, signal) =>
      lists.read(cursor, (game, before) => readList(client, { game, perName: listingsPerName }, before, signal)),
    buy: (order) => buy(client, order),
    find: (references) => find(client, references),
    close: () => client.close(),
  };
}

async function readList(
  client: LisSkinsClient,
  options: ListOptions,
  before: KnownList | null,
  signal?: AbortSignal,
): Promise<ListChanges | Unknown> {
  const answer = await client.priceList(
    options.game,
    (chunks) => readLargeList(priceList, options, chunks, before),
    signal,
  );
  if (!answer.ok) return unclearPriceList(answer);
  return typeof answer.value === 'string' ? { outcome: 'unknown', cause: answer.value } : answer.value;
}

async function readOne(client: LisSkinsClient, skinId: string | null): Promise<ListingAnswer> {
  return skinId === null ? { outcome: 'gone' } : readListing(await client.availability([skinId]), skinId);
}

async function readMany(client: LisSkinsClient, nativeIds: readonly string[]): Promise<ListingsAnswer> {
  const skinIds = new Map(nativeIds.map((nativeId) => [nativeId, wireIdOf(nativeId)]));
  const known = [...skinIds.values()].filter((skinId) => skinId !== null);
  if (known.length === 0) return { outcome: 'read', answers: new Map() };
  return readListings(await client.availability(known), skinIds);
}

async function buy(client: LisSkinsClient, order: BuyOrder): Promise<BuyAnswer> {
  const { reference, ceilingMills, nativeListingId, tradeUrl } = order;
  const recipient = recipientOf(tradeUrl);
  const skinId = wireIdOf(nativeListingId);
  // Nothing is sent, so nothing is bought.
  if (!recipient) return { outcome: 'refused', reason: 'TRADE_URL_INVALID' };
  if (skinId === null) return { outcome: 'refused', reason: 'LISTING_UNAVAILABLE' };
  // Nothing costs less than a cent, and a limit of zero might be taken for none.
  if (ceilingOf(ceilingMills) === 0) return { outcome: 'refused', reason: 'PRICE_CHANGED' };
  return readBuy(await client.buy({ ...recipient, reference, ceilingMills, skinId }), reference);
}

async function find(client: LisSkinsClient, references: readonly string[]): Promise<FindAnswer> {
  // Orders that the marketplace leaves out because there are too many would look as if never made.
  if (references.length > FIND_MAX) {
    return { outcome: 'unknown', cause: `more than ${FIND_MAX} references in one look-up` };
  }
  return readFind(await client.find(references));
}
