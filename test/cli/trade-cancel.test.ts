import { afterEach, describe, expect, test } from 'vitest';
import { CollectedOutput, type CommandResult } from '../../src/cli/output.ts';
import { runInGateway } from '../../src/cli/program.ts';
import { freeze, unfreeze } from '../../src/freezes/operations.ts';
import type { Merchant } from '../support/merchant.ts';
import { useWorld } from '../support/world.ts';

/** An operator ends a trade that is stuck before any marketplace was asked. */

const world = useWorld();
const EVERYTHING = { scope: 'all', target: '' } as const;
const WHY = ['--reason', 'the shop has closed'];

async function run(...args: string[]): Promise<CommandResult> {
  const { deps } = world().gateway;
  const output = new CollectedOutput();
  const session = async () => ({ deps, applied: [] });
  return output.with(await runInGateway(['trade', 'cancel', ...args], session, output, 'operator:alice'));
}

// biome-ignore lint/suspicious/noExplicitAny: each test checks what it reads
async function outcomes(...args: string[]): Promise<any> {
  const said = await run(...args, ...WHY, '--json');
  expect(said.stderr).toBe('');
  return JSON.parse(said.stdout).items;
}

/** A trade that waits for an approval that does not come. */
async function isStuck(merchant: Merchant, listings = [world().testListing('ships-at-once')]) {
  merchant.says(503);
  const { body } = await merchant.asksToBuy(listings, { externalId: `order-${merchant.name}` });
  expect(body.error).toBeUndefined();
  await world().until(() => merchant.questionsAbout(body.data.id).length > 0, 'the question');
  return body.data as { id: string; externalId: string };
}

afterEach(async () => {
  await unfreeze(world().gateway.deps, EVERYTHING);
  await world().settles();
});

describe('a trade that waits for its merchant', () => {
  test('is cancelled: its money is released, its merchant is told once, and who did it is kept', async () => {
    const merchant = await world().merchant();
    const trade = await isStuck(merchant);
    expect(await outcomes(trade.externalId)).toMatchObject([{ outcome: 'canceled' }]);
    await world().until(() => merchant.callbacksOf(trade.id).length > 0, 'the callback');
    expect(merchant.callbacksOf(trade.id).map((callback) => callback.trade.status)).toEqual(['canceled']);
    expect(await merchant.balance()).toEqual({ balance: 1000, pendingBalance: 0 });
    const event = await world()
      .gateway.deps.db.selectFrom('trade_event')
      .select(['event', 'actor', 'cause'])
      .where('trade_id', '=', trade.id)
      .orderBy('number', 'desc')
      .executeTakeFirstOrThrow();
    expect(event).toEqual({ event: 'withdraw', actor: 'operator:alice', cause: { reason: 'the shop has closed' } });
  });

  test('is bought no more, whatever its merchant says then', async () => {
    const merchant = await world().merchant();
    const trade = await isStuck(merchant);
    await outcomes(trade.id);
    merchant.says(200);
    await world().passes('1m');
    expect((await merchant.trade(trade.id)).status).toBe('canceled');
    expect(await outcomes(trade.id)).toMatchObject([{ outcome: 'over' }]);
  });

  test('has one item cancelled, and the others go on', async () => {
    const merchant = await world().merchant();
    const [first, second] = [world().testListing('ships-at-once'), world().testListing('never-ships')];
    const trade = await isStuck(merchant, [first, second]);
    expect(await outcomes(trade.id, '--item', second.id)).toMatchObject([{ id: second.id, outcome: 'canceled' }]);
    merchant.says(200);
    await world().passes('1m');
    await world().passes('1m');
    expect((await merchant.item(trade.id, first.id)).status).toBe('hold');
    expect((await merchant.item(trade.id, second.id)).status).toBe('canceled');
  });
});

describe('a purchase', () => {
  test('that is recorded and was not sent is cancelled', async () => {
    const { deps } = world().gateway;
    const merchant = await world().merchant();
    merchant.says(503);
    const { body } = await merchant.asksToBuyQuick(world().testListing('never-ships'), { amount: 2 });
    await world().until(() => merchant.questionsAbout(body.data.id).length > 0, 'the question');
    await freeze(deps, EVERYTHING, { reason: 'a test', actor: 'operator:test' });
    expect(await outcomes(body.data.id)).toMatchObject([{ outcome: 'canceled' }, { outcome: 'canceled' }]);
    expect(await merchant.balance()).toEqual({ balance: 1000, pendingBalance: 0 });
  });

  test('at a marketplace is left alone, and I am told how to have it cancelled', async () => {
    const merchant = await world().merchant();
    const trade = await merchant.buys([world().testListing('never-ships')]);
    const said = await run(trade.id, ...WHY);
    expect(said.exitCode).toBe(1);
    expect(said.stdout).toMatch(/at supplier +to request cancellation from its marketplace, add --ask-supplier\n$/);
    expect((await merchant.trade(trade.id)).status).toBe('pending');
  });

  test('at a marketplace is cancelled there when I ask for it, and refunded by its word', async () => {
    const merchant = await world().merchant();
    const trade = await merchant.buys([world().testListing('never-ships')]);
    await world().passes('31m');
    expect(await outcomes(trade.id, '--ask-supplier')).toMatchObject([{ outcome: 'requested' }]);
    expect(await outcomes(trade.id, '--ask-supplier')).not.toMatchObject([{ outcome: 'canceled' }]);
    await world().passes('1m');
    expect((await merchant.trade(trade.id)).status).toBe('reverted');
    expect(await merchant.balance()).toEqual({ balance: 1000, pendingBalance: 0 });
  });

  test('of Rust cannot be cancelled at its marketplace', async () => {
    const merchant = await world().merchant();
    const trade = await merchant.buys([world().rustListing('never-ships')]);
    expect(await outcomes(trade.id, '--ask-supplier')).toMatchObject([{ outcome: 'cannot be cancelled' }]);
  });
});

test.each([
  ['a trade that there is not', ['order-none', ...WHY], /no trade with the id or externalId order-none/],
  ['no reason', ['order-none'], /required option '--reason <text>' not specified/],
])('I am told of %s', async (_, args, text) => {
  const said = await run(...args);
  expect(said).toMatchObject({ exitCode: 1, stdout: '' });
  expect(said.stderr).toMatch(text);
});

test('I am told of an item that the trade does not have', async () => {
  const merchant = await world().merchant();
  const trade = await isStuck(merchant);
  expect((await run(trade.id, '--item', 'line-9', ...WHY)).stderr).toMatch(
    /has no item with the id or externalId line-9/,
  );
  merchant.says(200);
  await world().settles();
});
