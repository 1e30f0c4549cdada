import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Cleanup } from '../../bench/cleanup.ts';
import { GatewayProcess } from '../../sandbox/demo/gateway-process.ts';
import { startMarketplace } from '../../sandbox/marketplace/server.ts';
import { shop } from '../../sandbox/shop.ts';
import { decide } from '../../src/approvals/decide.ts';
import { withMoveDeps } from '../../src/cli/move-deps.ts';
import { withSession } from '../../src/cli/open-session.ts';
import { loadConfig } from '../../src/config/config.ts';
import { purchaseIdOf } from '../../src/core/ids.ts';
import { inTransaction } from '../../src/db/transaction.ts';
import type { TradeWire } from '../../src/trades/wire.ts';
import { readMarketplace } from '../chaos/books.ts';
import { call, hangUp } from '../chaos/call.ts';
import { allListings } from '../chaos/markets.ts';
import type { TestListing } from '../chaos/shopping.ts';
import { until } from '../chaos/wait.ts';
import { Receiver } from '../support/receiver.ts';
import { type Ended, skinrail } from './process.ts';

/**
 * The runbook "the database came back without its newest transactions": a gateway goes on with a copy of its database from
 * before its last purchases. The marketplaces and the merchant know what it has forgotten.
 */

const TRADE_URL = 'https://steamcommunity.com/tradeoffer/new/?partner=39734273&token=AbCdEf12';
const HUNG_AFTER_MS = 240_000;
/** A merchant may read its trades so often. */
const LOOK_EVERY_MS = 500;
const SHOP = 'shop';

const ends = new Cleanup();
const folder = mkdtempSync(join(tmpdir(), 'skinrail-recover-'));
const marketplaceFile = join(folder, 'marketplace.db');
const dataDir = join(folder, 'data');
const copy = join(folder, 'copy');
const settings = { DATABASE_URL: '', SECRET_KEY: 'ac'.repeat(32), SANDBOX_MARKETPLACES: 'all', TICK_MS: '50' };
let marketplaceUrl: string;
let receiver: Receiver;
let gateway: GatewayProcess;
let apiKey: string;
/** Whether the merchant lets questions for approval wait. */
let isSlow = false;

/** Before the copy was made, and after. */
let from: Date;
let kept: TradeWire;
let waiting: TradeWire;
let unsent: TradeWire;
let lost: TradeWire;

function listing(market: string, behaviour: string, nth = 0): TestListing {
  const found = allListings.filter(
    (each) => each.market.id === market && each.game === '730' && each.behaviour === behaviour,
  )[nth];
  if (!found) throw new Error(`${market} has no listing ${nth} that ${behaviour}`);
  return found;
}

/** Runs a command; it must succeed. */
async function run(...args: string[]): Promise<string> {
  const ended = await runs(args);
  if (ended.code !== 0) throw new Error(`${args.join(' ')}: ${ended.stdout}${ended.stderr}`);
  return ended.stdout;
}

function runs(args: readonly string[], input = ''): Promise<Ended> {
  return skinrail(dataDir, args, { ...settings, MARKETPLACE_URL: marketplaceUrl, SKINRAIL_OPERATOR: 'alice' }, input);
}

/** Buys; which listings are on sale is known once the marketplaces' lists were read. */
async function buys(externalId: string, listings: readonly TestListing[]): Promise<TradeWire> {
  const items = listings.map(({ id, price }) => ({ itemId: id, price }));
  const body = { game: '730', tradeUrl: TRADE_URL, externalId, items };
  let answer = await call('POST', `${gateway.baseUrl}/secure/buy`, { apiKey, body });
  await until(async () => {
    const isLater = answer.kind === 'answer' && answer.status === 503;
    if (isLater) answer = await call('POST', `${gateway.baseUrl}/secure/buy`, { apiKey, body });
    return !isLater;
  }, HUNG_AFTER_MS);
  expect(answer).toMatchObject({ status: 200 });
  return answer.kind === 'answer' ? (answer.data as TradeWire) : kept; // as documented
}

async function trade(ref: string): Promise<TradeWire> {
  const answer = await call('GET', `${gateway.baseUrl}/secure/trades/${ref}`, { apiKey });
  if (answer.kind !== 'answer' || answer.status !== 200) throw new Error(`no trade ${ref}: ${JSON.stringify(answer)}`);
  return answer.data as TradeWire; // as documented
}

async function reaches(ref: string, status: string, nth = 0): Promise<void> {
  const isThere = async () => (await trade(ref)).items[nth]?.status === status;
  if (!(await until(isThere, HUNG_AFTER_MS, LOOK_EVERY_MS))) throw new Error(JSON.stringify(await trade(ref)));
}

/** The callbacks that the merchant has kept of some trades, as the command reads them. */
function callbacksOf(...trades: readonly TradeWire[]): string {
  const ids = new Set(trades.map(({ id }) => id));
  const lines = receiver.attemptsBy(SHOP).filter((attempt) => ids.has(attempt.trade.id));
  return lines.map(({ signature, raw }) => JSON.stringify({ signature, body: raw })).join('\n');
}

/** Makes it look as if the copy was made between recording the purchase and sending it, which is too short to hit. */
async function forgetSending(trade: TradeWire): Promise<void> {
  const { stdout } = await runs(['recover', 'list', ...since(), '--callbacks'], callbacksOf(trade));
  const [, orderId] = /waxpeer\/(\d+)$/m.exec(stdout.slice(stdout.indexOf(trade.id))) ?? [];
  const order = (await ordersLeft()).find((each) => each.account === 'waxpeer' && each.orderId === orderId);
  const [reference, id] = [order?.reference ?? '', purchaseIdOf(order?.reference ?? '') ?? ''];
  await withSession(loadConfig({ ...settings, DATA_DIR: dataDir }), async ({ deps }) => {
    const ref = { merchantId: trade.merchantId, tradeId: trade.id };
    await inTransaction(deps, (trx) => decide(withMoveDeps(deps), trx, ref, { state: 'approved' }));
    await deps.db.updateTable('purchase').set({ id, reference }).where('trade_id', '=', trade.id).execute();
  });
}

/** The command line that adopts a trade. */
function adopting({ id }: TradeWire, withCallbacks = true): string[] {
  return ['recover', 'adopt', id, ...since(), '--reason', 'failover', ...(withCallbacks ? ['--callbacks'] : [])];
}

interface OrderLeft {
  readonly account: string;
  readonly orderId: string;
  readonly reference: string | null;
  readonly cost: string;
  readonly isClosed: boolean;
}

async function ordersLeft(): Promise<OrderLeft[]> {
  const { stdout } = await runs(['recover', 'list', ...since(), '--json']);
  return (JSON.parse(stdout) as { orders: OrderLeft[] }).orders; // as `lostReport` writes it
}

/** Dollars. */
async function walletOf(): Promise<{ balance: string; pending: string }> {
  const { available, locked } = JSON.parse(await run('wallet', 'show', SHOP, '--json'));
  return { balance: available, pending: locked };
}

const since = () => ['--from', from.toISOString()];

beforeAll(async () => {
  mkdirSync(dataDir, { mode: 0o700 });
  const marketplace = await startMarketplace({ port: 0, file: marketplaceFile, plugins: [shop] });
  marketplaceUrl = marketplace.url;
  ends.add('the marketplace', () => marketplace.close());
  receiver = await Receiver.start();
  ends.add('the merchant', () => receiver.stop());
  receiver.gate.set(SHOP, () => (isSlow ? 'nothing' : 200));
  gateway = await GatewayProcess.start(dataDir, { ...settings, MARKETPLACE_URL: marketplaceUrl });
  ends.add('the gateway', () => gateway.stop());
  await run('merchant', 'create', SHOP, '--fee-bps', '150', '--callback-url', receiver.urlOf(SHOP));
  await run('merchant', 'verify', SHOP);
  await run('wallet', 'credit', SHOP, '5000', '--reference', 'deposit-1');
  apiKey = JSON.parse(await run('key', 'create', SHOP, '--json')).apiKey;

  kept = await buys('kept', [listing('waxpeer', 'never-ships')]);
  await reaches('kept', 'pending');
  isSlow = true;
  [waiting, unsent] = [
    await buys('waiting', [listing('cs2dt', 'ships-at-once')]),
    await buys('unsent', [listing('waxpeer', 'ships-at-once')]),
  ];
  await gateway.stop();
  cpSync(dataDir, copy, { recursive: true });
  from = new Date();

  isSlow = false;
  await gateway.startAgain();
  lost = await buys('lost', [listing('waxpeer', 'ships-at-once', 1), listing('cs2dt', 'never-ships')]);
  await buys('unclaimed', [listing('waxpeer', 'never-ships', 1)]);
  await run('wallet', 'credit', SHOP, '1', '--reference', 'deposit-2');
  await call('POST', `${gateway.baseUrl}/sandbox/clock`, { apiKey, body: { advance: '1m' } });
  for (const ref of ['waiting', 'unsent', 'lost']) await reaches(ref, 'hold');
  await until(
    () => receiver.attemptsBy(SHOP).some(({ trade: { id, items } }) => id === lost.id && items[0]?.status === 'hold'),
    HUNG_AFTER_MS,
  );

  await gateway.kill();
  rmSync(dataDir, { recursive: true });
  cpSync(copy, dataDir, { recursive: true });
  await forgetSending(unsent);
});
afterAll(async () => {
  await ends.run();
  await hangUp();
  rmSync(folder, { recursive: true, force: true });
});

describe('an operator whose database came back without its newest transactions', () => {
  test('stops all buying before the gateway starts', async () => {
    expect(await run('freeze', 'all', '--reason', 'the database is old')).toContain('everything is frozen');
  });

  test('is told of every order that nobody here knows, and of every trade that only the merchant knows', async () => {
    const said = await runs(['recover', 'list', ...since(), '--callbacks'], callbacksOf(kept, waiting, unsent, lost));
    expect(said).toMatchObject({ code: 1, stderr: '' });
    expect(said.stdout).toMatch(/^5 orders that no purchase here has, 5 open: \$/);
    expect(said.stdout).toContain(`of trade ${unsent.id}, which is here: skinrail recover adopt ${unsent.id}`);
    expect(said.stdout).toMatch(
      new RegExp(
        `^BEHIND  ${waiting.id}  externalId waiting: told hold, here initiated, and its orders are not here$`,
        'm',
      ),
    );
    expect(said.stdout).toMatch(new RegExp(`^LOST    ${lost.id}  externalId lost: told pending to merchant `, 'm'));
    expect(said.stdout).not.toContain(kept.id);
    expect(said.stdout).not.toContain('NOT READ');
  });

  test.each([
    [
      'a callback that somebody has changed',
      () => callbacksOf(lost).replaceAll('waxpeer', 'x').replaceAll('"externalId', '"otherId'),
      /line 1 cannot be used: The signature/,
    ],
    ['a line that is no callback', () => '{"body": 1}', /line 1 cannot be used: it is not \{"signature"/],
    [
      'no callback of the trade',
      () => callbacksOf(kept),
      /there is no trade .* here, and no callback on standard input tells of it/,
    ],
  ])('cannot adopt a lost trade with %s', async (_what, callbacks, why) => {
    const said = await runs(adopting(lost), callbacks());
    expect(said).toMatchObject({ code: 1, stderr: expect.stringMatching(why) });
  });

  test('is told which deposit to book again when the wallet does not cover a lost trade', async () => {
    const { balance } = await walletOf();
    await run('wallet', 'debit', SHOP, balance, '--reference', 'away');
    const said = await runs(adopting(lost), callbacksOf(lost));
    expect(said).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('book it again with skinrail wallet credit'),
    });
    await run('wallet', 'credit', SHOP, balance, '--reference', 'back');
  });

  test('adopts the lost trade, which has its ids, its price and its orders again', async () => {
    const said = await runs(adopting(lost), callbacksOf(lost));
    expect(said).toMatchObject({ code: 0, stderr: '' });
    expect(said.stdout).toContain(`trade ${lost.id} is recorded again`);
    expect(said.stdout.match(/follows order (waxpeer|cs2dt)\//g)).toHaveLength(2);
    expect(await runs(adopting(lost), callbacksOf(lost))).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('is here'),
    });
  });

  test('adopts the orders of trades that would buy once more', async () => {
    for (const each of [waiting, unsent]) {
      expect(await run(...adopting(each, false))).toContain('has its orders again');
    }
  });

  test('closes an order that nobody claims, and is told what it costs', async () => {
    const [order] = (await ordersLeft()).filter(({ isClosed }) => !isClosed);
    const { account = '', orderId = '' } = order ?? {};
    const said = await run('recover', 'close', account, orderId, ...since(), '--reason', 'nobody wants it');
    expect(said).toContain(`order ${account}/${orderId} is closed: you bear $${order?.cost}`);
    expect(await runs(['recover', 'close', account, '4711', ...since(), '--reason', 'x'])).toMatchObject({ code: 1 });
  });

  test('finds nothing left to decide', async () => {
    const said = await runs(['recover', 'list', ...since(), '--callbacks'], callbacksOf(kept, waiting, unsent, lost));
    expect(said).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^1 order that no purchase here has, 0 open: \$0\.00/),
    });
  });
});

describe('the gateway that goes on', () => {
  test('brings every item to where its order is, and cancels and refunds as ever', async () => {
    await gateway.startAgain();
    await run('unfreeze', 'all');
    await call('POST', `${gateway.baseUrl}/sandbox/clock`, { apiKey, body: { advance: '31m' } });
    for (const ref of ['waiting', 'unsent', 'lost']) await reaches(ref, 'hold');
    const { id } = listing('cs2dt', 'never-ships');
    const cancelled = await call('POST', `${gateway.baseUrl}/secure/buy/lost/items/${id}/cancel`, { apiKey });
    expect(cancelled).toMatchObject({ status: 200, data: { tradeId: lost.id, itemId: id } });
    await call('POST', `${gateway.baseUrl}/sandbox/clock`, { apiKey, body: { advance: '10m' } });
    await reaches('lost', 'reverted', 1);
  });

  test('has every cent explained: the wallet, its own proof, and the marketplaces’ books', async () => {
    const paid = [kept, waiting, unsent, lost].map(({ id }) => trade(id));
    const held = (await Promise.all(paid)).flatMap(({ items }) => items.filter(({ status }) => status !== 'reverted'));
    const cents = held.map(({ offer }) => Math.round((offer?.price ?? 0) * 100)).reduce((a, b) => a + b, 0);
    const { balance, pending } = await walletOf();
    expect(Math.round(Number(pending) * 100)).toBe(cents);
    expect(Math.round(Number(balance) * 100)).toBe(500_000 - cents);
    expect(await run('verify')).toContain('rules hold');
    for (const account of ['waxpeer', 'cs2dt']) {
      const said = await runs([
        'supplier',
        'reconcile',
        account,
        '--to',
        new Date(Date.now() + 86_400_000).toISOString(),
      ]);
      expect(said.stdout).toMatch(/^no difference$/m);
    }
  });

  test('has bought nothing twice', async () => {
    await ends.run();
    const sold = [...readMarketplace(marketplaceFile).values()].filter(({ isMade }) => isMade);
    expect(sold).toHaveLength(6);
    expect(new Set(sold.map(({ nativeListingId }) => nativeListingId)).size).toBe(6);
  });
});
