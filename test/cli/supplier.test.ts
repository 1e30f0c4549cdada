// The key of an account goes from standard input to the gateway, and into no list of processes.
import { pino } from 'pino';
import { afterEach, expect, test } from 'vitest';
import { listenForOperator } from '../../src/cli/operator-socket.ts';
import { loadConfig } from '../../src/config/config.ts';
import { toMills } from '../../src/core/money.ts';
import { openSettings, requireAccount } from '../../src/supplier-accounts/operations.ts';
import type { HistoryOrder } from '../../src/suppliers/history.ts';
import type { SupplierKind } from '../../src/suppliers/kind.ts';
import type { Supplier } from '../../src/suppliers/supplier.ts';
import { kindAt } from '../support/supplier-kind.ts';
import { useWorld } from '../support/world.ts';
import { skinrail, temporaryFolder } from './process.ts';

const world = useWorld();
const log = pino({ level: 'silent' });
const folder = temporaryFolder();
const ends: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
  folder.remove();
});

/**
 * A process of its own that sends its command to a gateway with this kind, which this process stands for.
 * @param history the marketplace's own list of orders; absent: it has none
 */
async function operatorAt(history: Supplier['history'] = null) {
  const { deps } = world().gateway;
  const socket = await listenForOperator(loadConfig({ DATA_DIR: folder.path }), log);
  socket?.attach({ deps: { ...deps, supplierKinds: [kindWith(history)] }, applied: [] });
  ends.push(async () => {
    await socket?.close();
    socket?.release();
    await deps.db.deleteFrom('supplier_account').execute();
  });
  return (args: string[], input: string) => skinrail(folder.path, args, {}, input);
}

function kindWith(history: Supplier['history']): SupplierKind {
  const kind = kindAt('http://127.0.0.1:1');
  return { ...kind, create: (account) => ({ ...kind.create(account), history }) };
}

/** The account is added, and its orders are compared. */
async function reconciled(history: Supplier['history']) {
  const run = await operatorAt(history);
  await run(['supplier', 'add', 'test-market', '--set', 'apiKey=a-key-of-mine'], '');
  return run(['supplier', 'reconcile', 'test-market'], '');
}

test('I pipe a key into the command, and it is stored with the account', async () => {
  const run = await operatorAt();
  const added = await run(['supplier', 'add', 'test-market', '--set', 'apiKey=-'], 'a-key-of-mine\n');
  expect(added).toMatchObject({ code: 0, stderr: '' });
  expect(added.stdout).not.toContain('a-key-of-mine');
  const { deps } = world().gateway;
  expect(openSettings(deps, await requireAccount(deps, 'test-market'))).toEqual({ apiKey: 'a-key-of-mine' });
});

test('I am told when nothing was piped into it', async () => {
  const run = await operatorAt();
  const said = await run(['supplier', 'add', 'test-market', '--set', 'apiKey=-'], '');
  expect(said).toMatchObject({
    code: 1,
    stderr: 'skinrail: standard input has no line for apiKey; give one line for each of apiKey\n',
  });
});

test('I am told of an order that nobody here knows, in dollars, and the exit code says so', async () => {
  const order: HistoryOrder = {
    orderId: '4711',
    reference: null,
    costMills: toMills(12_340n),
    refundMills: toMills(0n),
    feeMills: null,
    status: { kind: 'waiting' },
    nativeListingIds: [],
    orderedAt: null,
  };
  const said = await reconciled(async () => ({ outcome: 'read', orders: [order], unreadable: [], next: null }));
  expect(said).toMatchObject({ code: 1, stderr: '' });
  expect(said.stdout).toContain('DIFFERENT  unknown_order  $12.34  order 4711\n');
  expect(said.stdout).toContain('what to do: ask who bought with this account');
  expect(said.stdout).toMatch(/^1 difference, \$12\.34 in all$/m);
});

test('the exit code tells a clean comparison from one that could not be made', async () => {
  const clean = await reconciled(async () => ({ outcome: 'read', orders: [], unreadable: [], next: null }));
  expect(clean).toMatchObject({ code: 0, stdout: expect.stringMatching(/^no difference$/m) });
  for (const end of ends.splice(0).reverse()) await end();
  const away = await reconciled(async () => ({ outcome: 'unknown', cause: 'no answer within 10000 ms' }));
  expect(away).toMatchObject({
    code: 1,
    stdout: expect.stringMatching(/^NOT reconciled: .*no answer within 10000 ms/m),
  });
});

test('I am told when a marketplace has no list of orders, and when the time makes no sense', async () => {
  const run = await operatorAt();
  await run(['supplier', 'add', 'test-market', '--set', 'apiKey=a-key-of-mine'], '');
  expect(await run(['supplier', 'reconcile', 'test-market'], '')).toMatchObject({
    code: 1,
    stderr: 'skinrail: the marketplace of test-market has no list of orders to compare\n',
  });
  const early = ['supplier', 'reconcile', 'test-market', '--to', '2026-01-01T00:00:00Z'];
  expect(await run(early, '')).toMatchObject({ code: 1, stderr: expect.stringMatching(/--from must be before --to/) });
});
