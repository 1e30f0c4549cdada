import { pino } from 'pino';
import { expect, test } from 'vitest';
import { toMills } from '../../src/core/money.ts';
import { BalanceReader } from '../../src/gateway/balances.ts';
import { createMetrics } from '../../src/gateway/metrics.ts';
import { SupplierRegistry } from '../../src/suppliers/registry.ts';
import type { BalanceAnswer } from '../../src/suppliers/supplier.ts';
import { kindAt } from '../support/supplier-kind.ts';

/** How an operator sees that the money at a marketplace runs out. */

const account = { id: 'market', settings: { path: '/waxpeer', apiKey: 'a-key' }, timeoutMs: 1000, listingsPerName: 1 };

function readerOf(answers: BalanceAnswer[]) {
  const lines: { level: number; msg: string }[] = [];
  const log = pino({}, { write: (line: string) => void lines.push(JSON.parse(line)) });
  const metrics = createMetrics();
  const next = async () => answers.shift() ?? { outcome: 'unknown' as const, cause: 'no more answers' };
  const suppliers = new SupplierRegistry([
    kindAt('http://127.0.0.1:1', next).create(account),
    kindAt('http://127.0.0.1:1').create({ ...account, id: 'silent' }),
  ]);
  const kept: [supplier: string, balance: bigint | null][] = [];
  const reader = new BalanceReader({ suppliers, metrics, log }, async (...balance) => void kept.push(balance));
  const shown = async () =>
    (await metrics.supplierBalance.get()).values.map(({ labels, value }) => ({ ...labels, value }));
  return { reader, lines, shown, kept };
}

const read = (mills: bigint): BalanceAnswer => ({ outcome: 'read', availableMills: toMills(mills) });
const refused: BalanceAnswer = { outcome: 'unknown', cause: 'status 401', fault: 'misconfigured' };

test('the gauge has the balance of the suppliers that say it, and keeps it while an answer is unclear', async () => {
  const { reader, lines, shown } = readerOf([read(12_340n), { outcome: 'unknown', cause: 'status 502' }]);
  await reader.read();
  expect(await shown()).toEqual([{ supplier: 'market', value: 12.34 }]);
  await reader.read();
  expect(await shown()).toEqual([{ supplier: 'market', value: 12.34 }]);
  expect(lines).toEqual([]);
});

test('a fault is logged once, until the balance can be read again', async () => {
  const { reader, lines, shown } = readerOf([read(1000n), refused, refused, read(1000n), refused]);
  for (let reads = 0; reads < 3; reads++) await reader.read();
  expect(await shown()).toEqual([]);
  expect(lines).toMatchObject([{ level: 40, supplier: 'market', fault: 'misconfigured', cause: 'status 401' }]);
  for (let reads = 0; reads < 2; reads++) await reader.read();
  expect(lines.map(({ level }) => level)).toEqual([40, 30, 40]);
});

test('what is left decides what is offered, and nothing does while it cannot be read', async () => {
  const { reader, kept } = readerOf([read(12_340n), { outcome: 'unknown', cause: 'status 502' }]);
  for (let reads = 0; reads < 2; reads++) await reader.read();
  expect(kept).toEqual([
    ['market', 12_340n],
    ['market', null],
  ]);
});

test('a call that our own budget held back says nothing: the last balance goes on deciding what is offered', async () => {
  const held: BalanceAnswer = { outcome: 'unknown', cause: 'held back by the call budget', isHeld: true };
  const { reader, kept, shown } = readerOf([read(12_340n), held]);
  for (let reads = 0; reads < 2; reads++) await reader.read();
  expect(kept).toEqual([['market', 12_340n]]);
  expect(await shown()).toEqual([{ supplier: 'market', value: 12.34 }]);
});
