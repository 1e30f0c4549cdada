import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findAndRecord, type WantedCancel } from '../../src/cancellations/fast-path.ts';
import { createCancelGroups } from '../../src/cancellations/groups.ts';
import {
  CANCEL_MIN_AGE_MS,
  type Candidate,
  decide,
  decideAccess,
  type EarlierRequest,
  type Facts,
  type ItemCandidate,
  rules,
} from '../../src/cancellations/policy.ts';
import { earlierRequests } from '../../src/cancellations/queries.ts';
import { lostSince } from '../../src/cancellations/store.ts';
import { loadConfig } from '../../src/config/config.ts';
import { HOUR_MS, later, MINUTE_MS } from '../../src/core/clock.ts';
import { CS2, RUST } from '../../src/core/games.ts';
import { newId, referenceOf } from '../../src/core/ids.ts';
import { allItemStates } from '../../src/core/item-states.ts';
import { toMills } from '../../src/core/money.ts';
import { type Database, openDatabase } from '../../src/db/connect.ts';
import { migrate } from '../../src/db/migrate.ts';
import type { Trx } from '../../src/db/transaction.ts';
import { SupplierRegistry } from '../../src/suppliers/registry.ts';
import type { Supplier } from '../../src/suppliers/supplier.ts';
import { createTestDatabase } from '../support/database.ts';

/**
 * The rules of a cancel stand in `policy.ts`; the statement that finds an item and records the request tests them in SQL.
 * Over random items in a real database, the statement records a request exactly when the policy says that the supplier
 * is to be asked.
 */

const RUNS = 250;
const now = new Date('2026-01-01T12:00:00.000Z');
const ago = (ms: number) => later(now, -ms);
const config = loadConfig({});

function supplier(id: string, minAgeMs: number | null): Supplier {
  const cancel = minAgeMs === null ? null : { mode: 'async', minAgeMs };
  return { id, cancel } as unknown as Supplier; // neither the rules nor the statement use anything else of it
}

const suppliers = new SupplierRegistry([
  supplier('at-once', 0),
  supplier('half-an-hour', CANCEL_MIN_AGE_MS),
  supplier('an-hour', HOUR_MS),
  supplier('never', null),
]);

let database: Database;
let drop: () => Promise<void>;
beforeAll(async () => {
  const created = await createTestDatabase();
  drop = created.drop;
  database = await openDatabase({ url: created.url });
  await migrate(database);
});
afterAll(async () => {
  await database.close();
  await drop();
});

/** Mostly what lets a cancel through, so that each rule is met alone as well as beside others. */
function mostly<T>(good: T, ...others: T[]): fc.Arbitrary<T> {
  return fc.oneof(
    { weight: 9, arbitrary: fc.constant(good) },
    { weight: 2, arbitrary: fc.constantFrom(good, ...others) },
  );
}

/** At both sides of every limit, to the millisecond. */
const limits = [CANCEL_MIN_AGE_MS, HOUR_MS];
const age = mostly(120 * MINUTE_MS, 0, ...limits.flatMap((ms) => [ms - 1000, ms - 1, ms, ms + 1]));
const lostForMs = now.getTime() - lostSince({ config }, now).getTime();

const closedRequest = fc.record({
  state: fc.constantFrom('lost' as const, 'lost' as const, 'refused' as const, 'settled' as const),
  isAnswered: fc.boolean(),
  requestId: fc.constantFrom('this request', 'another request', null),
  isJoined: fc.boolean(),
  closedMs: fc.constantFrom(0, 400, 600, lostForMs - 1, lostForMs, lostForMs + 1, 60 * MINUTE_MS),
});

const world = fc.record({
  trigger: mostly('request' as const, 'timer' as const),
  callerSource: mostly('self' as const, 'client' as const),
  callerClient: fc.constantFrom('ann', 'ben'),
  isOwnMerchant: mostly(true, false),
  source: mostly('self' as const, 'client' as const),
  client: fc.constantFrom('ann', 'ben'),
  type: mostly('withdraw' as const, 'deposit' as const),
  game: mostly(CS2, RUST),
  state: mostly('pending' as const, ...allItemStates),
  supplier: mostly('half-an-hour', 'at-once', 'an-hour', 'never'),
  hasListing: mostly(true, false),
  itemAge: age,
  purchase: mostly('done' as const, 'recorded' as const, 'asked' as const, 'unknown' as const, 'refused' as const),
  orderAge: age,
  open: mostly(null, 'requested' as const, 'unknown' as const, 'accepted' as const),
  closed: mostly(null, 'one' as const),
  closedRequest,
  isFrozen: fc.boolean(),
  isDisabled: fc.boolean(),
  tradeName: mostly('id' as const, 'externalId' as const, 'unknown' as const),
  itemName: mostly('id' as const, 'externalId' as const, 'unknown' as const),
  /** Whether the statement names the merchant, as it does on a distributed engine. */
  isDistributed: fc.boolean(),
});
type World = typeof world extends fc.Arbitrary<infer T> ? T : never;

const cancellable: World = {
  isDistributed: false,
  trigger: 'request',
  callerSource: 'self',
  callerClient: 'ann',
  isOwnMerchant: true,
  source: 'self',
  client: 'ann',
  type: 'withdraw',
  game: CS2,
  state: 'pending',
  supplier: 'half-an-hour',
  hasListing: true,
  itemAge: 120 * MINUTE_MS,
  purchase: 'done',
  orderAge: 120 * MINUTE_MS,
  open: null,
  closed: null,
  closedRequest: { state: 'lost', isAnswered: false, requestId: null, isJoined: false, closedMs: 0 },
  isFrozen: false,
  isDisabled: false,
  tradeName: 'id',
  itemName: 'id',
};

/** One item for each rule; random ones would meet some rules too seldom. */
const examples: readonly World[] = [
  cancellable,
  { ...cancellable, isOwnMerchant: false },
  { ...cancellable, itemName: 'unknown' },
  { ...cancellable, open: 'accepted' },
  { ...cancellable, state: 'hold', closed: 'one', closedRequest: acceptedLongAgo() },
  { ...cancellable, type: 'deposit' },
  { ...cancellable, supplier: 'never' },
  { ...cancellable, state: 'completed' },
  { ...cancellable, trigger: 'timer', state: 'active' },
  { ...cancellable, itemAge: CANCEL_MIN_AGE_MS - 1 },
  { ...cancellable, itemAge: CANCEL_MIN_AGE_MS, orderAge: CANCEL_MIN_AGE_MS - 1 },
  { ...cancellable, state: 'hold', closed: 'one' },
  { ...cancellable, purchase: 'unknown' },
];

function acceptedLongAgo(): World['closedRequest'] {
  const isRepeated = { requestId: 'this request', isJoined: false } as const;
  return { state: 'lost', isAnswered: true, ...isRepeated, closedMs: 60 * MINUTE_MS };
}

interface Ids {
  readonly merchant: string;
  readonly trade: string;
  readonly item: string;
  readonly open: string;
  readonly closed: string;
}

const steamIds = { ann: '76561198000000001', ben: '76561198000000002' };

test('what the statement decides is what the policy decides, for any item', async () => {
  const met = new Set<string>();
  await fc.assert(
    fc.asyncProperty(world, async (given) => {
      await inRolledBack(async (trx) => {
        const ids = { merchant: newId(now), trade: newId(now), item: newId(now), open: newId(now), closed: newId(now) };
        await insertAll(trx, given, ids);
        const ground = {
          db: trx,
          isDistributed: given.isDistributed,
          config,
          suppliers,
          clock: { now: () => now, wait: async () => {} },
        };
        const deps = {
          ...ground,
          cancelGroups: createCancelGroups(ground),
        };
        const wanted = wantedBy(given, given.isOwnMerchant ? ids.merchant : newId(now));
        const facts = factsOf(given, ids, wanted);

        const found = await findAndRecord(deps, wanted, refsOf(given, ids));
        const decided = decisionFor(wanted, facts, met);

        expect({ kind: found.kind, isRecorded: await isRecorded(trx, ids) }).toEqual({
          kind: decided === 'request' ? 'held' : facts.candidate.kind,
          isRecorded: decided === 'request',
        });
        if (found.kind !== 'no_trade') expect(found.trade.id).toBe(ids.trade);
        if (!isItem(found)) return;
        expect(found.item.id).toBe(ids.item);
        if (decided === 'forbidden' || decided === 'request') return;
        // What the statement read decides the same, and so do the earlier requests as they are read.
        const earlier = (await earlierRequests(deps, trx, wanted, [ids.item])).get(ids.item) ?? null;
        expect(earlier).toEqual(facts.earlier);
        if (found.kind === 'held') throw new Error('it was recorded');
        expect(decide(deps, { trigger: wanted.trigger, candidate: found, earlier, now }).kind).toBe(decided);
      });
    }),
    { numRuns: RUNS, examples: examples.map((example) => [example]) },
  );
  // A rule that no item met would not have been tested.
  expect([...met].sort()).toEqual(
    [...rules.map((rule) => rule.name), 'forbidden', 'not_found', 'request', 'withdraw'].sort(),
  );
});

function isItem(candidate: Candidate): candidate is ItemCandidate {
  return candidate.kind !== 'no_trade' && candidate.kind !== 'no_item';
}

/** The policy's decision, by its kind; notes by which rule it was made. */
function decisionFor(wanted: WantedCancel, facts: ModelFacts, met: Set<string>): string {
  const { candidate, earlier } = facts;
  const access = decideAccess(candidate, wanted);
  if (access !== 'allowed' || !isItem(candidate) || candidate.kind === 'held') {
    met.add(access);
    return access;
  }
  const known: Facts = { trigger: wanted.trigger, candidate, earlier, now };
  const { kind } = decide({ suppliers }, known);
  met.add(rules.find((rule) => rule.decide(known, { suppliers }))?.name ?? kind);
  return kind;
}

interface ModelFacts {
  readonly candidate: Candidate;
  readonly earlier: EarlierRequest | null;
}

/** The facts as they follow from what was given, without the database. */
function factsOf(given: World, ids: Ids, wanted: WantedCancel): ModelFacts {
  const { open, purchase } = given;
  const earlier = earlierOf(given, ids, wanted);
  if (!isTradeNamed(given, wanted)) return { candidate: { kind: 'no_trade' }, earlier };
  const steam_id = steamIds[given.client];
  const { type, source, game } = given;
  const trade = { id: ids.trade, merchant_id: ids.merchant, type, source, steam_id, game };
  // Of another merchant's trade no item is read: its id alone is forbidden.
  const isRead = given.isOwnMerchant && given.hasListing && given.itemName !== 'unknown';
  if (!isRead) return { candidate: { kind: 'no_item', trade }, earlier };
  const item = {
    id: ids.item,
    listing_id: `listing ${ids.item}`,
    external_id: 'item name',
    state: given.state,
    supplier: given.supplier,
    reverted_by: null,
    created_at: ago(given.itemAge),
  };
  if (open) return { candidate: { kind: 'open', trade, item, request: { id: ids.open, state: open } }, earlier };
  if (purchase !== 'done') return { candidate: { kind: 'not_bought', trade, item }, earlier };
  return { candidate: { kind: 'bought', trade, item, orderedAt: ago(given.orderAge) }, earlier };
}

/** An id names anybody's trade, a name only the caller's: a client's own, or any of the merchant's. */
function isTradeNamed({ tradeName, isOwnMerchant, source, client }: World, { steamId }: WantedCancel): boolean {
  if (tradeName !== 'externalId') return tradeName === 'id';
  return isOwnMerchant && (steamId === null || (source === 'client' && steamId === steamIds[client]));
}

function earlierOf(
  { closed, closedRequest: one, trigger }: World,
  ids: Ids,
  wanted: WantedCancel,
): EarlierRequest | null {
  if (!closed) return null;
  const wasAccepted = one.state === 'settled' || (one.state === 'lost' && one.isAnswered);
  const isSame = trigger === 'request' && (one.requestId === wanted.requestId || one.isJoined);
  const cameWhileOpen = ago(one.closedMs) >= wanted.askedAt;
  if (wasAccepted && (isSame || cameWhileOpen)) return { kind: 'accepted', id: ids.closed };
  return one.state === 'lost' && one.closedMs < lostForMs ? { kind: 'lost', id: ids.closed } : null;
}

/** The timer speaks for whoever bought the item, and by no request. */
function wantedBy(given: World, merchantId: string): WantedCancel {
  if (given.trigger === 'timer') {
    const mine = { merchantId, source: given.source, steamId: null, actor: 'timer', requestId: null };
    return { ...mine, askedAt: now, now, trigger: 'timer' };
  }
  const steamId = given.callerSource === 'client' ? steamIds[given.callerClient] : null;
  const caller = { merchantId, source: given.callerSource, steamId, actor: 'test', requestId: 'this request' };
  return { ...caller, askedAt: ago(500), now, trigger: 'request' };
}

function refsOf({ tradeName, itemName }: World, ids: Ids) {
  return {
    tradeRef: { id: ids.trade, externalId: 'trade name', unknown: 'no trade' }[tradeName],
    itemRef: { id: `listing ${ids.item}`, externalId: 'item name', unknown: 'no item' }[itemName],
  };
}

async function insertAll(trx: Trx, given: World, ids: Ids): Promise<void> {
  const own = { merchant_id: ids.merchant, trade_id: ids.trade };
  const merchant = { id: ids.merchant, name: 'shop', verified: true, fee_bps: 0, route_limits: '{}', created_at: now };
  const nothing = { callback_url: null, api_secret_sealed: null, previous_secret_sealed: null };
  const never = { previous_secret_until: null, callback_failing_since: null, callback_disabled_at: null };
  await trx
    .insertInto('merchant')
    .values({
      ...merchant,
      ...nothing,
      ...never,
      callback_disabled_reason: null,
      disabled_at: given.isDisabled ? now : null,
    })
    .execute();
  if (given.isFrozen) {
    const freeze = { scope: 'all', target: '', reason: 'test', actor: 'test', since: now } as const;
    await trx.insertInto('buying_freeze').values(freeze).execute();
  }
  const { type, source, game, state } = given;
  const trade = { merchant_id: ids.merchant, id: ids.trade, external_id: 'trade name', type, source, game };
  const times = { created_at: ago(given.itemAge), updated_at: now };
  const recipient = { trade_url: 'https://steam.test', steam_id: steamIds[given.client] };
  await trx
    .insertInto('trade')
    .values({ ...trade, ...recipient, status: state, ...times })
    .execute();
  const named = {
    listing_id: `listing ${ids.item}`,
    supplier: given.supplier,
    native_listing_id: '1',
    market_hash_name: 'P250 | Sand Dune',
  };
  const unnamed = { listing_id: null, supplier: null, native_listing_id: null, market_hash_name: null };
  const price = toMills(1000n);
  await trx
    .insertInto('item')
    .values({
      ...own,
      id: ids.item,
      position: 0,
      external_id: 'item name',
      ...(given.hasListing ? named : unnamed),
      state,
      ...{ price_mills: price, ceiling_mills: price, quoted_mills: price, fee_bps: 0 },
      ...times,
    })
    .execute();
  await insertPurchase(trx, given, ids);
  await insertRequests(trx, given, ids);
}

async function insertPurchase(trx: Trx, given: World, ids: Ids): Promise<void> {
  const isMade = given.purchase === 'done';
  await trx
    .insertInto('purchase')
    .values({
      merchant_id: ids.merchant,
      id: ids.item,
      trade_id: ids.trade,
      item_id: ids.item,
      supplier: given.supplier,
      reference: referenceOf(ids.item),
      state: given.purchase,
      order_id: isMade ? 'order' : null,
      ordered_at: isMade ? ago(given.orderAge) : null,
      created_at: now,
      updated_at: now,
    })
    .execute();
}

async function insertRequests(
  trx: Trx,
  { supplier, open, closed, closedRequest: one }: World,
  ids: Ids,
): Promise<void> {
  const request = { merchant_id: ids.merchant, trade_id: ids.trade, item_id: ids.item, supplier, actor: 'other' };
  if (open) {
    const row = { ...request, id: ids.open, state: open, due_at: now, requested_at: ago(1) };
    await trx.insertInto('cancellation').values(row).execute();
  }
  if (!closed) return;
  await trx
    .insertInto('cancellation')
    .values({
      ...request,
      id: ids.closed,
      state: one.state,
      request_id: one.requestId,
      requested_at: ago(one.closedMs + 1),
      answered_at: one.isAnswered ? ago(one.closedMs + 1) : null,
      closed_at: ago(one.closedMs),
    })
    .execute();
  if (!one.isJoined) return;
  const joined = { merchant_id: ids.merchant, cancellation_id: ids.closed, request_id: 'this request' };
  await trx.insertInto('cancellation_joined').values(joined).execute();
}

async function isRecorded(trx: Trx, ids: Ids): Promise<boolean> {
  const rows = await trx
    .selectFrom('cancellation')
    .select(['id', 'state'])
    .where('merchant_id', '=', ids.merchant)
    .where('id', 'not in', [ids.open, ids.closed])
    .execute();
  return rows.length > 0;
}

class RolledBack extends Error {}

async function inRolledBack(work: (trx: Trx) => Promise<void>): Promise<void> {
  const run = database.db.transaction().execute(async (trx) => {
    await work(trx);
    throw new RolledBack();
  });
  await expect(run).rejects.toThrow(RolledBack);
}
