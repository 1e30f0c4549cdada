import { type KyselyPlugin, type PluginTransformQueryArgs, type RootOperationNode, TableNode } from 'kysely';
import { beforeAll, describe, expect, test } from 'vitest';
import { DAY_MS, later } from '../../src/core/clock.ts';
import { toMills } from '../../src/core/money.ts';
import type { PurchaseRow } from '../../src/db/tables.ts';
import type { Deps } from '../../src/deps.ts';
import { applyOrderStatus } from '../../src/settlement/apply-order-status.ts';
import { recordBought, recordNeverMade, recordNotBought } from '../../src/settlement/purchase-outcome.ts';
import { SupplierRegistry } from '../../src/suppliers/registry.ts';
import type { OrderStatus } from '../../src/suppliers/supplier.ts';
import { useWorld } from '../support/world.ts';

/** A settlement is one transaction in which a supplier’s answer changes an item, its trade and money. */

const world = useWorld();

/** Notes the tables whose rows are locked, in their order. */
class LockLog implements KyselyPlugin {
  readonly tables: string[] = [];

  transformQuery({ node }: PluginTransformQueryArgs): RootOperationNode {
    if (node.kind !== 'SelectQueryNode') return node;
    const locks = node.endModifiers?.some(({ modifier }) => modifier === 'ForUpdate' || modifier === 'ForNoKeyUpdate');
    for (const from of locks ? (node.from?.froms ?? []) : []) {
      this.tables.push(TableNode.is(from) ? from.table.identifier.name : from.kind);
    }
    return node;
  }

  transformResult: KyselyPlugin['transformResult'] = async ({ result }) => result;
}

/** What a settlement locks before the accounts, which every settlement locks last. */
async function locksOf(settle: (deps: Deps) => Promise<void>): Promise<string[]> {
  const { deps } = world().gateway;
  const log = new LockLog();
  await settle({ ...deps, db: deps.db.withPlugin(log) });
  const others = log.tables.filter((table) => table !== 'account');
  expect(log.tables.slice(0, others.length)).toEqual(others);
  return others;
}

/** All are made at once, since each waits for the supplier's time-out: of trades, and of quick buys. */
let unanswered: { readonly trade: Unanswered[]; readonly quick: Unanswered[] };

beforeAll(async () => {
  const [trade, quick] = await Promise.all(
    [false, true].map((isQuick) => Promise.all(Array.from({ length: 10 }, () => makeUnanswered(isQuick)))),
  );
  unanswered = { trade: trade ?? [], quick: quick ?? [] };
});

/** A purchase that got no answer, of a trade or of a quick buy. */
function unansweredPurchase(isQuick: boolean): Unanswered {
  const next = unanswered[isQuick ? 'quick' : 'trade'].pop();
  if (!next) throw new Error('more purchases are used than were made');
  return next;
}

type Unanswered = Awaited<ReturnType<typeof makeUnanswered>>;

async function makeUnanswered(isQuick: boolean) {
  const merchant = await world().merchant();
  const listing = world().testListing('buy-never-arrives', 10);
  const buy = () => (isQuick ? merchant.asksToBuyQuick(listing) : merchant.asksToBuy([listing]));
  let answer = await buy();
  // So many at once can keep a busy machine's marketplace from answering in time whether it has the listing.
  while (answer.status === 503) answer = await buy();
  expect(answer.body.error).toBeUndefined();
  const tradeId: string = answer.body.data.id;
  await world().settles();
  const purchase = await world()
    .gateway.deps.db.selectFrom('purchase')
    .selectAll()
    .where('trade_id', '=', tradeId)
    .executeTakeFirstOrThrow();
  expect(purchase.state).toBe('unknown');
  return { merchant, tradeId, purchase };
}

const bought = { orderId: '1', costMills: toMills(1000n) };
const reports = (deps: Deps, purchase: PurchaseRow, status: OrderStatus) =>
  applyOrderStatus(deps, purchase, { ...bought, reference: purchase.reference, status });

describe.each([
  ['a trade', false],
  ['a quick buy', true],
])(
  'a settlement of %s locks the trade, the item and the purchase, each once, and then the wallet',
  (_name, isQuick) => {
    test.each<[string, string, (deps: Deps, purchase: PurchaseRow) => Promise<void>]>([
      ['bought for less', 'pending', (deps, purchase) => recordBought(deps, purchase, bought)],
      [
        'refused for the recipient’s sake',
        'failed',
        (deps, purchase) => recordNotBought(deps, purchase, 'TRADE_URL_INVALID'),
      ],
      ['never made', 'failed', recordNeverMade],
      ['found as it is offered', 'active', (deps, purchase) => reports(deps, purchase, { kind: 'offered' })],
      ['found as it is accepted', 'hold', (deps, purchase) => reports(deps, purchase, { kind: 'accepted' })],
      ['found as it is final', 'completed', (deps, purchase) => reports(deps, purchase, { kind: 'settled' })],
    ])('when the purchase is %s', async (_outcome, status, settle) => {
      const { merchant, tradeId, purchase } = unansweredPurchase(isQuick);
      expect(await locksOf((deps) => settle(deps, purchase))).toEqual(['trade', 'item', 'purchase']);
      expect(await merchant.trade(tradeId)).toMatchObject({ status });
    });

    test('when an order that is known to be made moves on', async () => {
      const { merchant, tradeId, purchase } = unansweredPurchase(isQuick);
      await reports(world().gateway.deps, purchase, { kind: 'offered' });
      const made = { ...purchase, state: 'done' } as const;
      const status = { kind: 'settled' } as const;
      expect(await locksOf((deps) => reports(deps, made, status))).toEqual(['trade', 'item', 'purchase']);
      expect(await merchant.trade(tradeId)).toMatchObject({ status: 'completed' });
    });
  },
);

test('a unit of a quick buy whose listing was sold to another buyer gives it up under the same three locks', async () => {
  const { merchant, tradeId, purchase } = unansweredPurchase(true);
  const refuse = (deps: Deps) => recordNotBought(deps, purchase, 'LISTING_UNAVAILABLE');
  expect(await locksOf(refuse)).toEqual(['trade', 'item', 'purchase']);
  expect(await merchant.trade(tradeId)).toMatchObject({ status: 'pending' });
});

describe('a marketplace that never says that an item is final', () => {
  /** The gateway, with marketplaces whose holds end a day after Steam's. */
  function withSilentMarketplaces(): Deps {
    const { deps } = world().gateway;
    const silent = deps.suppliers.all.map((supplier) => ({ ...supplier, settles: { afterMs: DAY_MS } }));
    return { ...deps, suppliers: new SupplierRegistry(silent) };
  }

  test('has an item final a day after its hold has ended, if its order still says accepted', async () => {
    const { merchant, tradeId, purchase } = unansweredPurchase(false);
    const deps = withSilentMarketplaces();
    const accepted = { kind: 'accepted', holdEndsAt: later(deps.clock.now(), 7 * DAY_MS) } as const;
    const tells = () => reports(deps, { ...purchase, state: 'done' }, accepted);
    await reports(deps, purchase, accepted);
    await world().passes('7d');
    await tells();
    expect(await merchant.trade(tradeId)).toMatchObject({ status: 'hold' });
    await world().passes('25h');
    await tells();
    expect(await merchant.trade(tradeId)).toMatchObject({ status: 'completed' });
    await tells();
    expect(await merchant.trade(tradeId)).toMatchObject({ status: 'completed' });
  });

  test('has no item final whose hold has no end, or which was reversed', async () => {
    const { merchant, tradeId, purchase } = unansweredPurchase(false);
    const deps = withSilentMarketplaces();
    await reports(deps, purchase, { kind: 'accepted' });
    await world().passes('30d');
    await reports(deps, { ...purchase, state: 'done' }, { kind: 'accepted' });
    expect(await merchant.trade(tradeId)).toMatchObject({ status: 'hold' });
    await reports(deps, { ...purchase, state: 'done' }, { kind: 'reverted', by: 'supplier' });
    expect(await merchant.trade(tradeId)).toMatchObject({ status: 'reverted' });
  });
});

test('an order that its marketplace has not found for weeks is still looked up while its item is in flight', async () => {
  const { tradeId, purchase } = unansweredPurchase(false);
  const { db } = world().gateway.deps;
  // The marketplace has no such order.
  await recordBought(world().gateway.deps, purchase, bought);
  const read = () =>
    db.selectFrom('purchase').select(['state', 'due_at']).where('trade_id', '=', tradeId).executeTakeFirstOrThrow();
  await world().passes('15d');
  await world().passes('2h');
  expect(await read()).toEqual({ state: 'done', due_at: expect.any(Date) });
});
