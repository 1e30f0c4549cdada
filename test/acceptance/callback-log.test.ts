import { randomUUID } from 'node:crypto';
import { type KyselyPlugin, sql } from 'kysely';
import { describe, expect, test } from 'vitest';
import { switchOff, switchOn } from '../../src/callbacks/endpoint.ts';
import { readEvents } from '../../src/callbacks/events.ts';
import type { CallbackDetailsWire, CallbackWire, EventWire } from '../../src/callbacks/log.ts';
import { inTransaction } from '../../src/db/transaction.ts';
import type { TradeWire } from '../../src/trades/wire.ts';
import type { Answer, Merchant } from '../support/merchant.ts';
import { useOwnWorld } from '../support/world.ts';

/** What a merchant can see of its callbacks, have sent again, and catch up with. */

const world = useOwnWorld({ CALLBACK_TIMEOUT_MS: '1500' });
const CALLBACKS = '/v1/callbacks/deliveries';

interface Page {
  readonly items: CallbackWire[];
  readonly nextCursor: string | null;
}

async function list(merchant: Merchant, query: Record<string, string> = {}): Promise<Page> {
  const { status, body } = await merchant.call('GET', `${CALLBACKS}?${new URLSearchParams(query)}`);
  expect(status).toBe(200);
  return body.data;
}

async function newest(merchant: Merchant): Promise<CallbackWire> {
  const [first] = (await list(merchant)).items;
  if (!first) throw new Error('there is no callback');
  return first;
}

async function show(merchant: Merchant, id: string): Promise<CallbackDetailsWire> {
  const { status, body } = await merchant.call('GET', `${CALLBACKS}/${id}`);
  expect(status).toBe(200);
  return body.data;
}

const replay = (merchant: Merchant, id: string) => merchant.call('POST', `${CALLBACKS}/${id}/replay`);
const replayAll = (merchant: Merchant, body: unknown) => merchant.call('POST', '/v1/callbacks/replay', { body });

/** As after ten attempts that nobody took. */
async function givesUp(merchant: Merchant, ...ids: string[]): Promise<void> {
  const { db } = world().gateway.deps;
  let update = db.updateTable('callback').set({ state: 'failed', due_at: null, attempts: 10 });
  if (ids.length > 0) update = update.where('id', 'in', ids);
  await update.where('merchant_id', '=', merchant.id).execute();
}

function answers(merchant: Merchant, answer: number | 'nothing'): void {
  world().receiver.answers.set(merchant.name, answer);
}

function expectInvalid(answer: Answer, field: string): void {
  expect(answer.status).toBe(400);
  expect(answer.body.error).toMatchObject({ key: 'VALIDATION_FAILED', fields: { [field]: expect.any(String) } });
}

const statusOf = (body: string) => (JSON.parse(body) as { trade: TradeWire }).trade.status; // the gateway's own bytes

/** A trade of which four callbacks tell. */
async function completes(merchant: Merchant, externalId?: string): Promise<TradeWire> {
  const trade = await merchant.buys([world().testListing('ships-at-once')], externalId ? { externalId } : {});
  await world().passes('10s');
  await world().passes('8 days');
  return trade;
}

describe('the list of my callbacks', () => {
  test('is empty at first', async () => {
    expect(await list(await world().merchant())).toEqual({ items: [], nextCursor: null });
  });

  test('says of each what it is about and what became of it, newest first', async () => {
    const merchant = await world().merchant();
    const trade = await completes(merchant);
    const { items, nextCursor } = await list(merchant);
    expect(nextCursor).toBeNull();
    expect(items.map((each) => each.number)).toEqual(items.map((each) => each.number).toSorted((a, b) => b - a));
    expect(items.map((each) => each.id)).toEqual(
      merchant
        .attemptsAt(trade.id)
        .map((attempt) => attempt.callbackId)
        .toReversed(),
    );
    for (const each of items) {
      expect(each).toEqual({
        id: each.id,
        tradeId: trade.id,
        number: expect.any(Number),
        state: 'delivered',
        attempts: 1,
        createdAt: expect.stringMatching(/^\d{4}-.*Z$/),
        deliveredAt: expect.stringMatching(/^\d{4}-.*Z$/),
        lastStatus: 200,
      });
    }
  });

  test('says of one that I have not taken why, and when it comes again', async () => {
    const merchant = await world().merchant();
    answers(merchant, 503);
    await merchant.buys([world().testListing('never-ships')]);
    const pending = await newest(merchant);
    expect(pending).toMatchObject({ state: 'pending', attempts: 1, lastStatus: 503, lastFailure: 'answered 503' });
    expect(pending).not.toHaveProperty('deliveredAt');
    const waitMs = Date.parse(pending.nextAttemptAt ?? '') - world().now.getTime();
    expect(waitMs).toBeGreaterThan(0);
    expect(waitMs).toBeLessThan(60_000);
    await givesUp(merchant);
    const failed = await newest(merchant);
    expect(failed).toMatchObject({ state: 'failed', attempts: 10, lastFailure: 'answered 503' });
    expect(failed).not.toHaveProperty('nextAttemptAt');
  });

  test('can be narrowed to a trade, by its id or my externalId', async () => {
    const merchant = await world().merchant();
    const wanted = await merchant.buys([world().testListing('never-ships')], { externalId: 'order 1/ü' });
    await merchant.buys([world().testListing('never-ships')]);
    expect((await list(merchant)).items).toHaveLength(2);
    for (const trade of [wanted.id, wanted.id.toUpperCase(), 'order 1/ü']) {
      expect((await list(merchant, { trade })).items.map((each) => each.tradeId)).toEqual([wanted.id]);
    }
  });

  test('tells me when there is no such trade, instead of showing nothing', async () => {
    const merchant = await world().merchant();
    const other = await world().merchant();
    const theirs = await other.buys([world().testListing('never-ships')], { externalId: 'theirs' });
    for (const ref of ['nothing', 'theirs', theirs.id]) {
      const answer = await merchant.call('GET', `${CALLBACKS}?trade=${ref}`);
      expect(answer.status).toBe(404);
      expect(answer.body.error?.key).toBe('TRADE_NOT_FOUND');
    }
  });

  test('can be narrowed to a state', async () => {
    const merchant = await world().merchant();
    const taken = await merchant.buys([world().testListing('never-ships')]);
    answers(merchant, 500);
    const lost = await merchant.buys([world().testListing('never-ships')]);
    await givesUp(merchant, (await newest(merchant)).id);
    const waits = await merchant.buys([world().testListing('never-ships')]);
    const trades = async (state: string) => (await list(merchant, { state })).items.map((each) => each.tradeId);
    expect(await trades('delivered')).toEqual([taken.id]);
    expect(await trades('failed')).toEqual([lost.id]);
    expect(await trades('pending')).toEqual([waits.id]);
  });

  test('can be narrowed to a time: its beginning belongs to it, its end does not', async () => {
    const merchant = await world().merchant();
    for (let n = 1; n <= 3; n++) {
      await merchant.buys([world().testListing('never-ships', n)]);
      await world().passes('1m');
    }
    const [third, second, first] = (await list(merchant)).items;
    const [to, from, at] = [third?.createdAt ?? '', second?.createdAt ?? '', first?.createdAt ?? ''];
    const ids = async (query: Record<string, string>) => (await list(merchant, query)).items.map((each) => each.id);
    expect(await ids({ from, to })).toEqual([second?.id]);
    expect(await ids({ from })).toEqual([third?.id, second?.id]);
    expect(await ids({ to: from })).toEqual([first?.id]);
    expect(await ids({ from: at.replace('Z', '+00:00'), state: 'delivered' })).toHaveLength(3);
    expect(await ids({ from: '2001-01-01T00:00:00Z', to: '2001-01-02T00:00:00Z' })).toEqual([]);
  });

  test('can be walked while new ones come: nothing is left out, nothing comes twice', async () => {
    const merchant = await world().merchant();
    const asks = (n: number) => merchant.buys([world().testListing('never-ships', n)]);
    for (let n = 1; n <= 5; n++) await asks(n);
    const all = (await list(merchant)).items.map((each) => each.id);
    const walked: string[] = [];
    let cursor: string | null = null;
    do {
      const page: Page = await list(merchant, { limit: '2', ...(cursor ? { cursor } : {}) });
      walked.push(...page.items.map((each) => each.id));
      cursor = page.nextCursor;
      await asks(6);
    } while (cursor);
    expect(walked).toEqual(all);
  });

  test('keeps those of one instant apart', async () => {
    const merchant = await world().merchant();
    for (let n = 1; n <= 3; n++) await merchant.buys([world().testListing('never-ships', n)]);
    const { db } = world().gateway.deps;
    const at = new Date('2026-01-01T00:00:00.000Z');
    await db.updateTable('callback').set({ created_at: at }).where('merchant_id', '=', merchant.id).execute();
    const first = await list(merchant, { limit: '2' });
    const last = await list(merchant, { limit: '2', cursor: first.nextCursor ?? '' });
    const ids = [...first.items, ...last.items].map((each) => each.id);
    expect(ids).toEqual(ids.toSorted().reverse());
    expect(new Set(ids).size).toBe(3);
    expect(last.nextCursor).toBeNull();
  });

  test.each([
    ['cursor', 'cursor=nonsense'],
    ['cursor', `cursor=${Buffer.from('["2026-01-01T00:00:00.000Z","x"]').toString('base64url')}`],
    ['limit', 'limit=0'],
    ['limit', 'limit=101'],
    ['state', 'state=lost'],
    ['trade', 'trade='],
    ['from', 'from=yesterday'],
    ['from', 'from=0000-01-01T00:00:00Z'],
    ['to', 'to=2026-02-30T00:00:00Z'],
    ['to', 'from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z'],
    ['to', 'from=2026-01-02T00:00:00Z&to=2026-01-02T00:00:00Z'],
  ])('does not understand this %s: %s', async (field, query) => {
    expectInvalid(await (await world().merchant()).call('GET', `${CALLBACKS}?${query}`), field);
  });
});

describe('one callback', () => {
  test('is shown with the bytes that were signed, and each attempt with what I answered', async () => {
    const merchant = await world().merchant();
    answers(merchant, 500);
    const trade = await merchant.buys([world().testListing('never-ships')]);
    answers(merchant, 200);
    await world().passes('10s');
    const [first] = merchant.attemptsAt(trade.id);
    const shown = await show(merchant, (first?.callbackId ?? '').toUpperCase());
    expect(shown).toMatchObject({ ...(await newest(merchant)), body: first?.raw });
    expect(shown.attemptDetails).toEqual([
      {
        number: 1,
        at: expect.any(String),
        durationMs: expect.any(Number),
        status: 500,
        failure: 'answered 500',
        response: '',
      },
      { number: 2, at: expect.any(String), durationMs: expect.any(Number), status: 200, response: '' },
    ]);
    expect(Date.parse(shown.attemptDetails[1]?.at ?? '')).toBeGreaterThan(
      Date.parse(shown.attemptDetails[0]?.at ?? ''),
    );
  });

  test.each(['nothing', randomUUID(), "' or 1=1 --"])('that I do not have is not found: %s', async (id) => {
    const merchant = await world().merchant();
    const path = `${CALLBACKS}/${encodeURIComponent(id)}`;
    for (const answer of [await merchant.call('GET', path), await merchant.call('POST', `${path}/replay`)]) {
      expect(answer.status).toBe(404);
      expect(answer.body.error).toMatchObject({ key: 'CALLBACK_NOT_FOUND', code: 1710 });
    }
  });
});

describe('another merchant’s callbacks', () => {
  test('are not shown to me, nor listed, nor sent again, nor in my log', async () => {
    const [mine, theirs] = [await world().merchant(), await world().merchant()];
    const trade = await theirs.buys([world().testListing('never-ships')]);
    const { id } = await newest(theirs);
    await givesUp(theirs);
    expect((await mine.call('GET', `${CALLBACKS}/${id}`)).status).toBe(404);
    expect((await replay(mine, id)).status).toBe(404);
    expect((await replayAll(mine, { from: '2026-01-01T00:00:00Z' })).body.data).toEqual({
      replayed: 0,
      hasMore: false,
    });
    expect((await list(mine)).items).toEqual([]);
    expect((await mine.call('GET', '/v1/events')).body.data.items).toEqual([]);
    expect((await newest(theirs)).state).toBe('failed');
    expect(theirs.attemptsAt(trade.id)).toHaveLength(1);
  });
});

describe('replaying a callback', () => {
  test('that I took sends the same bytes under the same id once more', async () => {
    const merchant = await world().merchant();
    const trade = await merchant.buys([world().testListing('never-ships')]);
    const { id, deliveredAt } = await newest(merchant);
    const answer = await replay(merchant, id);
    expect(answer.status).toBe(200);
    expect(answer.body.data).toMatchObject({ id, state: 'pending', attempts: 1 });
    await world().settles();
    const [first, again, ...more] = merchant.attemptsAt(trade.id);
    expect(more).toEqual([]);
    expect([again?.callbackId, again?.raw]).toEqual([id, first?.raw]);
    expect(again?.callbackId).toBe(first?.callbackId);
    expect(merchant.takesOf(trade.id).map(({ verdict }) => verdict)).toEqual(['verified', 'verified']);
    const delivered = await newest(merchant);
    expect(delivered).toMatchObject({ id, state: 'delivered', attempts: 2 });
    expect(Date.parse(delivered.deliveredAt ?? '')).toBeGreaterThan(Date.parse(deliveredAt ?? ''));
  });

  test('that was given up sends it again, with the pauses from their beginning', async () => {
    const merchant = await world().merchant();
    answers(merchant, 500);
    const trade = await merchant.buys([world().testListing('never-ships')]);
    const { id } = await newest(merchant);
    await givesUp(merchant);
    await replay(merchant, id);
    await world().settles();
    expect(await newest(merchant)).toMatchObject({ state: 'pending', attempts: 11, lastStatus: 500 });
    answers(merchant, 200);
    await world().passes('7s');
    expect(await newest(merchant)).toMatchObject({ id, state: 'delivered', attempts: 12 });
    expect(merchant.attemptsAt(trade.id)).toHaveLength(3);
  });

  test('that waits for its next attempt brings it forward', async () => {
    const merchant = await world().merchant();
    answers(merchant, 500);
    const trade = await merchant.buys([world().testListing('never-ships')]);
    await world().passes('7s');
    answers(merchant, 200);
    expect(await newest(merchant)).toMatchObject({ state: 'pending', attempts: 2 });
    await replay(merchant, (await newest(merchant)).id);
    await world().settles();
    expect(await newest(merchant)).toMatchObject({ state: 'delivered', attempts: 3 });
    expect(merchant.attemptsAt(trade.id)).toHaveLength(3);
  });

  test.each([
    ['first', 0],
    ['last', 9],
  ])('while its %s attempt is under way makes no second one beside it, and one after it', async (_which, before) => {
    const merchant = await world().merchant();
    answers(merchant, 500);
    const { id: tradeId } = await merchant.buys([world().testListing('never-ships')]);
    const { id } = await newest(merchant);
    const { db } = world().gateway.deps;
    answers(merchant, 'nothing');
    await sql`delete from callback_attempt where callback_id = ${id}`.execute(db);
    await db.updateTable('callback').set({ attempts: before, due_at: world().now }).where('id', '=', id).execute();
    const attempts = () => merchant.attemptsAt(tradeId).length - 1;
    await world().until(() => attempts() === 1, 'the attempt is under way');
    const repeats = await Promise.all(Array.from({ length: 5 }, () => replay(merchant, id)));
    expect(repeats.map((answer) => answer.status)).toEqual([200, 200, 200, 200, 200]);
    expect(await newest(merchant)).toMatchObject({ state: 'pending', attempts: before + 1 });
    answers(merchant, 200);
    await world().until(async () => (await newest(merchant)).state === 'delivered', 'it is sent again');
    expect((await show(merchant, id)).attemptDetails.map((attempt) => attempt.status)).toEqual([undefined, 200]);
    expect(await newest(merchant)).toMatchObject({ id, state: 'delivered', attempts: before + 2 });
    expect(attempts()).toBe(2);
  });

  test('brings those along that waited behind it, in their order', async () => {
    const merchant = await world().merchant();
    answers(merchant, 500);
    const trade = await completes(merchant);
    const waiting = (await list(merchant)).items.toReversed();
    expect(waiting.map((each) => each.state)).toEqual(Array(4).fill('pending'));
    const { db } = world().gateway.deps;
    const tomorrow = new Date(world().now.getTime() + 86_400_000);
    // Eight days of nothing but failures have switched its URL off; this is about what waits while it is on.
    const isOn = { callback_disabled_at: null, callback_failing_since: null };
    await db.updateTable('merchant').set(isOn).where('id', '=', merchant.id).execute();
    await db.updateTable('callback').set({ due_at: tomorrow }).where('merchant_id', '=', merchant.id).execute();
    answers(merchant, 200);
    await replay(merchant, waiting[0]?.id ?? '');
    await world().settles();
    expect(merchant.callbacksOf(trade.id).map((callback) => callback.trade.status)).toEqual([
      'pending',
      'active',
      'hold',
      'completed',
    ]);
  });

  test('ten times at once sends it once or more, and leaves it delivered', async () => {
    const merchant = await world().merchant();
    const trade = await merchant.buys([world().testListing('never-ships')]);
    const { id } = await newest(merchant);
    const replies = await Promise.all(Array.from({ length: 10 }, () => replay(merchant, id)));
    expect(replies.map((answer) => answer.status)).toEqual(Array(10).fill(200));
    await world().settles();
    const { state, attempts } = await newest(merchant);
    expect(state).toBe('delivered');
    expect(merchant.attemptsAt(trade.id)).toHaveLength(attempts);
    expect(attempts).toBeGreaterThan(1);
  });

  test('needs no body, and does not look at one', async () => {
    const merchant = await world().merchant();
    await merchant.buys([world().testListing('never-ships')]);
    const { id } = await newest(merchant);
    const headers = { 'content-type': 'application/json' };
    for (const body of ['', '{broken']) {
      expect((await merchant.call('POST', `${CALLBACKS}/${id}/replay`, { headers, body })).status).toBe(200);
    }
  });

  test('while my callbacks are switched off keeps it until they are on again', async () => {
    const merchant = await world().merchant();
    const trade = await merchant.buys([world().testListing('never-ships')]);
    const { id } = await newest(merchant);
    const { deps } = world().gateway;
    await inTransaction(deps, (trx) => switchOff(deps, trx, merchant.id, 'by an operator'));
    const answer = await replay(merchant, id);
    expect(answer.body.data).toMatchObject({ id, state: 'pending' });
    expect(answer.body.data).not.toHaveProperty('nextAttemptAt');
    await world().passes('1h');
    expect(merchant.attemptsAt(trade.id)).toHaveLength(1);
    await inTransaction(deps, (trx) => switchOn(deps, trx, merchant.id));
    await world().passes('2s');
    expect(merchant.attemptsAt(trade.id)).toHaveLength(2);
    expect(await newest(merchant)).toMatchObject({ id, state: 'delivered' });
  });

  test('may be done ten times a minute by those who are not verified', async () => {
    const merchant = await world().merchant({ verified: false });
    for (let n = 0; n < 10; n++) expect((await replay(merchant, 'nothing')).status).toBe(404);
    expect((await replay(merchant, 'nothing')).status).toBe(429);
    expect((await replayAll(merchant, { from: '2026-01-01T00:00:00Z' })).status).toBe(429);
    expect((await merchant.call('GET', CALLBACKS)).status).toBe(200);
  });
});

describe('replaying what was given up in a time', () => {
  test('sends all of it again, each trade’s in its order, and nothing else', async () => {
    const merchant = await world().merchant();
    const trades = [await completes(merchant, 'a'), await completes(merchant, 'b')];
    const outside = await completes(merchant, 'c');
    const made = (await list(merchant)).items;
    const of = (trade: TradeWire) => made.filter((each) => each.tradeId === trade.id);
    const lost = trades.flatMap((trade) => of(trade).filter((each) => statusOfNumber(each) !== 'first'));
    await givesUp(merchant, ...lost.map((each) => each.id), ...of(outside).map((each) => each.id));
    const to = of(outside).at(-1)?.createdAt ?? '';
    const before = world().receiver.attemptsBy(merchant.name).length;
    const answer = await replayAll(merchant, { from: '2026-01-01T00:00:00Z', to });
    expect(answer.body.data).toEqual({ replayed: lost.length, hasMore: false });
    await world().settles();
    const sent = world().receiver.attemptsBy(merchant.name).slice(before);
    expect(sent.map((attempt) => attempt.callbackId).toSorted()).toEqual(lost.map((each) => each.id).toSorted());
    for (const trade of trades) {
      const statuses = sent.filter((attempt) => attempt.trade.id === trade.id).map((attempt) => statusOf(attempt.raw));
      expect(statuses).toEqual(['active', 'hold', 'completed']);
    }
    expect((await list(merchant, { state: 'failed', trade: 'c' })).items).toHaveLength(4);
    expect((await replayAll(merchant, { from: '2026-01-01T00:00:00Z', to })).body.data.replayed).toBe(0);
    expect((await replayAll(merchant, { from: '2026-01-01T00:00:00Z' })).body.data.replayed).toBe(4);
    await world().settles();
    expect((await list(merchant, { state: 'failed' })).items).toEqual([]);

    function statusOfNumber(each: CallbackWire) {
      const least = Math.min(...of({ id: each.tradeId } as TradeWire).map((one) => one.number)); // only its id is read
      return each.number === least ? 'first' : 'later';
    }
  });

  test('by several calls at once counts each callback once', async () => {
    const merchant = await world().merchant();
    await completes(merchant);
    await givesUp(merchant);
    const calls = Array.from({ length: 5 }, () => replayAll(merchant, { from: '2026-01-01T00:00:00Z' }));
    const counts = (await Promise.all(calls)).map((answer) => answer.body.data.replayed);
    expect(counts.toSorted()).toEqual([0, 0, 0, 0, 4]);
  });

  test('while my callbacks are switched off keeps it until they are on again', async () => {
    const merchant = await world().merchant();
    const trade = await completes(merchant);
    await givesUp(merchant);
    const { deps } = world().gateway;
    await inTransaction(deps, (trx) => switchOff(deps, trx, merchant.id, 'by an operator'));
    expect((await replayAll(merchant, { from: '2026-01-01T00:00:00Z' })).body.data.replayed).toBe(4);
    await world().passes('1h');
    expect(merchant.attemptsAt(trade.id)).toHaveLength(4);
    await inTransaction(deps, (trx) => switchOn(deps, trx, merchant.id));
    await world().passes('2s');
    const told = merchant.attemptsAt(trade.id).slice(4);
    expect(told.map((attempt) => attempt.trade.status)).toEqual(['pending', 'active', 'hold', 'completed']);
  });

  test.each<[string, unknown]>([
    ['from', {}],
    ['from', { from: 'yesterday' }],
    ['from', { from: 1_767_225_600 }],
    ['to', { from: '2026-01-02T00:00:00Z', to: '2026-01-01T00:00:00Z' }],
    ['state', { from: '2026-01-02T00:00:00Z', state: 'pending' }],
  ])('does not understand this %s: %j', async (field, body) => {
    expectInvalid(await replayAll(await world().merchant(), body), field);
  });
});

describe('the log of my events', () => {
  interface EventPage {
    readonly items: EventWire[];
    readonly nextCursor: string;
    readonly hasMore: boolean;
  }

  async function read(merchant: Merchant, after?: string, limit = 20): Promise<EventPage> {
    const query = new URLSearchParams({ limit: String(limit), ...(after ? { after } : {}) });
    const { status, body } = await merchant.call('GET', `/v1/events?${query}`);
    expect(status).toBe(200);
    return body.data;
  }

  test('is empty at first, and has a cursor to go on with', async () => {
    const merchant = await world().merchant();
    const empty = await read(merchant);
    expect(empty).toEqual({ items: [], nextCursor: expect.any(String), hasMore: false });
    const trade = await merchant.buys([world().testListing('never-ships')]);
    expect((await read(merchant, empty.nextCursor)).items.map((event) => event.trade.id)).toEqual([trade.id]);
  });

  test('has each event as it was pushed, in the order of its steps', async () => {
    const merchant = await world().merchant();
    const trade = await completes(merchant);
    const { items, hasMore } = await read(merchant);
    const pushed = merchant.attemptsAt(trade.id);
    expect(items.map(({ id, trade }) => ({ id, trade }))).toEqual(
      pushed.map((attempt) => ({ id: attempt.callbackId, trade: JSON.parse(attempt.raw).trade })),
    );
    const byTime = (await list(merchant)).items.map((each) => each.createdAt).toReversed();
    expect(items.map((event) => event.createdAt)).toEqual(byTime);
    expect(hasMore).toBe(false);
  });

  test('has what another reader has numbered in the middle of my reading', async () => {
    const merchant = await world().merchant();
    await completes(merchant);
    const { db, clock } = world().gateway.deps;
    let other: EventPage | undefined;
    const afterFirstStatement: KyselyPlugin = {
      transformQuery: ({ node }) => node,
      transformResult: async ({ result }) => {
        other ??= await read(merchant);
        return result;
      },
    };
    const mine = await readEvents({ db: db.withPlugin(afterFirstStatement), clock }, merchant.id, {
      after: 0n,
      limit: 20,
    });
    expect(mine.items).toHaveLength(4);
    expect(mine.items).toEqual(other?.items);
  });

  test('has what was never taken as well', async () => {
    const merchant = await world().merchant();
    answers(merchant, 500);
    const trade = await completes(merchant);
    await givesUp(merchant);
    const { items } = await read(merchant);
    expect(items.map((event) => event.trade.status)).toEqual(['pending', 'active', 'hold', 'completed']);
    expect(new Set(items.map((event) => event.trade.id))).toEqual(new Set([trade.id]));
  });

  test('is followed page by page, and polled at its end', async () => {
    const merchant = await world().merchant();
    await completes(merchant);
    const first = await read(merchant, undefined, 3);
    expect(first).toMatchObject({ hasMore: true, nextCursor: first.items[2]?.cursor });
    const second = await read(merchant, first.nextCursor, 3);
    expect(second.items).toHaveLength(1);
    expect(second.hasMore).toBe(false);
    const end = await read(merchant, second.nextCursor);
    expect(end).toEqual({ items: [], nextCursor: second.nextCursor, hasMore: false });
    await completes(merchant);
    const news = await read(merchant, end.nextCursor, 4);
    expect(news.items.map((event) => event.trade.status)).toEqual(['pending', 'active', 'hold', 'completed']);
    expect(news.hasMore).toBe(false);
    expect((await read(merchant)).items).toEqual([...first.items, ...second.items, ...news.items]);
  });

  test('keeps its order although a clock was ahead: within a trade steps come as they happened', async () => {
    const merchant = await world().merchant();
    const trade = await completes(merchant);
    await completes(merchant);
    const { db } = world().gateway.deps;
    await sql`update callback set created_at = created_at - number * interval '10 days'
      where merchant_id = ${merchant.id}`.execute(db);
    const { items } = await read(merchant);
    const statuses = (id: string) => items.filter((event) => event.trade.id === id).map((event) => event.trade.status);
    expect(items).toHaveLength(8);
    expect(statuses(trade.id)).toEqual(['pending', 'active', 'hold', 'completed']);
  });

  test('does not change when a callback is sent again', async () => {
    const merchant = await world().merchant();
    await completes(merchant);
    const before = await read(merchant);
    await replay(merchant, before.items[1]?.id ?? '');
    await world().settles();
    expect(await read(merchant)).toEqual(before);
  });

  test.each([
    ['nonsense', 'nonsense'],
    ['a cursor of another list', Buffer.from(`["2026-01-01T00:00:00.000Z","${randomUUID()}"]`).toString('base64url')],
    ['a place below zero', Buffer.from('position -1').toString('base64url')],
    ['a number beyond all numbers', Buffer.from('position 99999999999999999999').toString('base64url')],
    ['a place that the log has not reached', Buffer.from('position 5').toString('base64url')],
    ['nothing', ''],
  ])('cannot be read from %s', async (_what, after) => {
    const merchant = await world().merchant();
    await merchant.buys([world().testListing('never-ships')]);
    expectInvalid(await merchant.call('GET', `/v1/events?after=${after}`), 'after');
  });

  test('has at most a hundred to a page', async () => {
    const merchant = await world().merchant();
    expectInvalid(await merchant.call('GET', '/v1/events?limit=101'), 'limit');
  });
});
