import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newId } from '../../src/core/ids.ts';
import { allItemEvents, type ItemEvent, type ItemState, after as stateAfter } from '../../src/core/item-states.ts';
import { toMills } from '../../src/core/money.ts';
import { type Database, openDatabase } from '../../src/db/connect.ts';
import { migrate } from '../../src/db/migrate.ts';
import type { NewTransfer } from '../../src/db/tables.ts';
import { inTransaction } from '../../src/db/transaction.ts';
import { decodeCursor } from '../../src/http/paging.ts';
import { book } from '../../src/ledger/book.ts';
import { movementsAt, releaseDifference, reserve } from '../../src/ledger/movements.ts';
import { balanceOf, moveFunding } from '../../src/wallets/operations.ts';
import { listEntries } from '../../src/wallets/read-entries.ts';
import { type EntryWire, entryKinds } from '../../src/wallets/wire.ts';
import { StillClock } from '../simulation/still-clock.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

/** The entries that a merchant sees, over lives of items that no marketplace plays: free ones, dear ones, cheaper ones. */

let test_: TestDatabase;
let database: Database;
const clock = new StillClock();

beforeAll(async () => {
  test_ = await createTestDatabase();
  database = await openDatabase({ url: test_.url });
  await migrate(database);
});
afterAll(async () => {
  await database.close();
  await test_.drop();
});

const FUNDS_CENTS = 10_000_000;
const centsOf = (amount: number) => toMills(BigInt(amount) * 10n);
const amounts = fc.integer({ min: 1, max: 100_000 });
const life = fc.record({
  cents: amounts,
  /** null: refused by the marketplace. */
  costMills: fc.option(fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 1_200_000 })), { freq: 4 }),
  cheaperBy: fc.integer({ min: 0, max: 50 }),
  choices: fc.array(fc.nat({ max: 20 }), { maxLength: 6 }),
});
type Life = typeof life extends fc.Arbitrary<infer L> ? L : never;

type Money = Parameters<typeof movementsAt>[0];
const needsPurchase: readonly ItemEvent[] = ['offer', 'accept', 'complete', 'decline'];

/** An item is withdrawn only before a supplier is asked, so never after it was bought. */
const isPossible = (event: ItemEvent, isBought: boolean) =>
  isBought ? event !== 'withdraw' : !needsPurchase.includes(event);

/** The transfers of an item's steps, each step's together. */
function movementsOf(merchantId: string, tradeId: string, { cents, costMills, cheaperBy, choices }: Life) {
  const origin = { actor: 'test', at: clock.now() };
  const ids = { merchant_id: merchantId, id: newId(clock.now()), trade_id: tradeId, supplier: 'market' };
  let item: Money = { ...ids, state: 'initiated', price_mills: centsOf(cents), cost_mills: null };
  const steps: NewTransfer[][] = [reserve(item, origin)];
  for (const choice of choices) {
    const possible = allItemEvents.filter(
      (event) => stateAfter(item.state, event) && isPossible(event, item.cost_mills !== null),
    );
    const event = possible[choice % Math.max(1, possible.length)];
    if (!event) break;
    steps.push(movementsAt(item, event, origin));
    item = { ...item, state: stateAfter(item.state, event) as ItemState }; // filtered above
    if (event !== 'approve' || costMills === null) continue;
    const price = centsOf(Math.max(1, cents - cheaperBy));
    steps.push(releaseDifference(item, price, origin));
    item = { ...item, price_mills: price, cost_mills: toMills(BigInt(costMills)) };
  }
  return { steps, item };
}

async function makeMerchant(): Promise<string> {
  const id = newId(clock.now());
  const row = { id, name: 'Paper Shop', verified: true, fee_bps: 100, route_limits: '{}', created_at: clock.now() };
  await database.db
    .insertInto('merchant')
    .values({
      ...row,
      callback_url: null,
      api_secret_sealed: null,
      disabled_at: null,
      previous_secret_sealed: null,
      previous_secret_until: null,
      callback_failing_since: null,
      callback_disabled_at: null,
      callback_disabled_reason: null,
    })
    .execute();
  return id;
}

async function readAll(merchantId: string, limit: number): Promise<EntryWire[]> {
  const all: EntryWire[] = [];
  let cursor: string | null = null;
  do {
    const after = cursor === null ? undefined : decodeCursor(cursor);
    const page: { items: EntryWire[]; nextCursor: string | null } = await listEntries(
      { db: database.db },
      merchantId,
      after ? { limit, after } : { limit },
    );
    all.push(...page.items);
    cursor = page.nextCursor;
  } while (cursor !== null);
  return all;
}

const inMills = (dollars: number) => BigInt(Math.round(dollars * 100)) * 10n;

test('they add up to both balances, whatever items cost, and an item’s price is one amount', async () => {
  const deps = { db: database.db, clock };
  await fc.assert(
    fc.asyncProperty(fc.array(life, { maxLength: 6 }), fc.integer({ min: 1, max: 9 }), async (lives, limit) => {
      const merchantId = await makeMerchant();
      const funds = { merchantId, direction: 'credit' as const, amountMills: centsOf(FUNDS_CENTS), actor: 'test' };
      await moveFunding(deps, funds);
      const prices = new Map<string, bigint>();
      for (const each of lives) {
        if (each.cheaperBy % 2 === 0) clock.moveTo(clock.nowMs + 1);
        const tradeId = newId(clock.now());
        const { steps, item } = movementsOf(merchantId, tradeId, each);
        for (const transfers of steps) await inTransaction(deps, (trx) => book(trx, merchantId, transfers));
        prices.set(tradeId, item.price_mills);
      }

      const entries = await readAll(merchantId, limit);
      const { available, locked } = await balanceOf(deps, merchantId);
      expect(entries.reduce((sum, entry) => sum + inMills(entry.available), 0n)).toBe(available);
      expect(entries.reduce((sum, entry) => sum + inMills(entry.locked), 0n)).toBe(locked);
      expect(new Set(entries.map((entry) => entry.id)).size).toBe(entries.length);
      for (const { kind, tradeId = '', amount, available: gained, locked: kept } of entries) {
        expect(gained !== 0 || kept !== 0).toBe(true);
        if (kind === 'capture') expect(inMills(amount)).toBe(prices.get(tradeId));
      }
      for (const kind of entryKinds) {
        const { items } = await listEntries({ db: database.db }, merchantId, { limit: 100, kind });
        expect(items).toEqual(entries.filter((entry) => entry.kind === kind));
      }
      for (const [tradeId, price] of prices) {
        const ofItem = entries.filter((entry) => entry.tradeId === tradeId);
        const kinds = ofItem.map((entry) => entry.kind);
        expect(new Set(kinds).size).toBe(kinds.length);
        const refund = kinds.includes('capture') ? ofItem.find((entry) => entry.kind === 'refund') : undefined;
        if (refund) expect(inMills(refund.amount)).toBe(price);
      }
    }),
    { numRuns: 60 },
  );
});
