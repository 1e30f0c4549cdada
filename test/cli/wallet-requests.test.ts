import { afterEach, describe, expect, test } from 'vitest';
import { toOperator } from '../../src/cli/operator-name.ts';
import type { Merchant } from '../support/merchant.ts';
import { useOperatorCommands } from '../support/operator-commands.ts';
import { useOwnWorld } from '../support/world.ts';

/** Above the limit that operators have set, a credit or debit waits for a second one. */

const world = useOwnWorld();

const commands = useOperatorCommands(world);
const run = (args: readonly string[], operator = 'alice') => commands.run(args, `operator:${operator}`);
const json = (args: readonly string[], operator = 'alice') => commands.json(args, `operator:${operator}`);

async function refusal(args: readonly string[], operator?: string): Promise<string> {
  const { exitCode, stderr } = await run(args, operator);
  expect(exitCode).toBe(1);
  return stderr;
}

const setsLimit = (above: string, operator?: string) =>
  json(['wallet', 'dual-control', '--above', above, '--reason', 'our rule'], operator);
let references = 0;
const credit = (merchant: Merchant, amount: string, reference = `invoice-${++references}`) => [
  'wallet',
  'credit',
  merchant.id,
  amount,
  '--reason',
  'an invoice',
  '--reference',
  reference,
];

/** Back to no limit, which takes two. */
afterEach(async () => {
  for (const { id } of await json(['wallet', 'requests'])) await json(['wallet', 'reject', id]);
  if ((await json(['wallet', 'dual-control'])).above === null) return;
  const { id } = await setsLimit('none', 'alice');
  await json(['wallet', 'approve', id], 'bob');
});

describe('a credit', () => {
  test('up to the limit is booked at once, and one above it when a second operator has approved it', async () => {
    const merchant = await world().merchant({ funds: 0 });
    await setsLimit('500');
    await json(credit(merchant, '500'));
    const asked = await json(credit(merchant, '500.01'));
    expect(asked).toMatchObject({ kind: 'credit', amount: '500.01', state: 'waiting', requestedBy: 'operator:alice' });
    expect(await merchant.balance()).toMatchObject({ balance: 500 });
    expect(await json(['wallet', 'requests'])).toMatchObject([{ id: asked.id, reason: 'an invoice' }]);

    expect(await json(['wallet', 'approve', asked.id], 'bob')).toMatchObject({
      state: 'approved',
      decidedBy: 'operator:bob',
    });
    expect(await merchant.balance()).toMatchObject({ balance: 1000.01 });
    const [newest] = await json(['audit', '--limit', '1']);
    expect(newest).toMatchObject({ operator: 'operator:bob', command: `wallet approve ${asked.id}` });
    expect(newest.changes).toEqual(
      expect.arrayContaining([
        { of: `request ${asked.id}`, field: 'decision', before: null, after: 'approved' },
        { of: `merchant ${merchant.id}`, field: 'wallet available_mills', before: '500000', after: '1000010' },
      ]),
    );
    const [entry] = await json(['wallet', 'entries', merchant.id, '--limit', '1']);
    expect(JSON.stringify(entry)).toContain('operator:alice, approved by operator:bob');
  });

  test('is not approved by the operator who has asked for it, and is approved once', async () => {
    const merchant = await world().merchant({ funds: 0 });
    await setsLimit('10');
    const { id } = await json(credit(merchant, '20'));
    expect(await refusal(['wallet', 'approve', id])).toMatch(/operator:alice has made request .* another operator/);
    const [first, second] = await Promise.all([
      run(['wallet', 'approve', id], 'bob'),
      run(['wallet', 'approve', id], 'carol'),
    ]);
    expect([first.exitCode, second.exitCode].sort()).toEqual([0, 1]);
    expect(await merchant.balance()).toMatchObject({ balance: 20 });
  });

  test('that is rejected is never booked, and can be asked for again', async () => {
    const merchant = await world().merchant({ funds: 0 });
    await setsLimit('10');
    const { id } = await json(credit(merchant, '20', 'their-invoice-82'));
    await json(['wallet', 'reject', id], 'bob');
    expect(await refusal(['wallet', 'approve', id], 'carol')).toMatch(/was rejected by operator:bob at \S+Z/);
    expect(await merchant.balance()).toMatchObject({ balance: 0 });
    const again = await json(credit(merchant, '20', 'their-invoice-82'));
    expect(again.id).not.toBe(id);
  });

  test('that is asked for twice with one reference is one request, booked once', async () => {
    const merchant = await world().merchant({ funds: 0 });
    await setsLimit('10');
    const twice = await Promise.all([
      json(credit(merchant, '20', 'their-invoice-83')),
      json(credit(merchant, '20', 'their-invoice-83'), 'carol'),
    ]);
    expect(twice[0].id).toBe(twice[1].id);
    expect(await refusal(credit(merchant, '21', 'their-invoice-83'))).toMatch(/was already used for \$20\.00/);
    await json(['wallet', 'approve', twice[0].id], 'bob');
    expect(await json(credit(merchant, '20', 'their-invoice-83'))).toMatchObject({ booked: false });
    expect(await merchant.balance()).toMatchObject({ balance: 20 });
  });

  test('above the limit needs a reason for whoever approves it, and a reference under which it is booked once', async () => {
    const merchant = await world().merchant({ funds: 0 });
    await setsLimit('10');
    for (const missing of [[], ['--reason', 'an invoice'], ['--reference', 'invoice-x']]) {
      const said = await refusal(['wallet', 'credit', merchant.id, '20', ...missing]);
      expect(said).toMatch(/a second operator must approve \$20\.00; give --reason for them, and a --reference/);
    }
  });

  test('that was booked meanwhile, because the limit was lifted, is not booked again when its request is approved', async () => {
    const merchant = await world().merchant({ funds: 0 });
    await setsLimit('10');
    const waiting = await json(credit(merchant, '20', 'twice'));
    await json(['wallet', 'approve', (await setsLimit('none')).id], 'bob');
    await json(credit(merchant, '20', 'twice'));
    expect(await refusal(['wallet', 'approve', waiting.id], 'bob')).toMatch(
      /reference twice was booked before; reject/,
    );
    expect(await merchant.balance()).toMatchObject({ balance: 20 });
  });

  test.each(['ALICE', 'ａｌｉｃｅ', 'al\u200bice', ' alice '])(
    'is not approved by its author under the name %j',
    async (name) => {
      const merchant = await world().merchant({ funds: 0 });
      await setsLimit('10');
      const { id } = await json(credit(merchant, '20'));
      const said = await refusal(['wallet', 'approve', id], toOperator(name).slice('operator:'.length));
      expect(said).toMatch(/operator:alice has made request/);
    },
  );
});

test('a debit that the wallet does not cover when it is approved goes on waiting', async () => {
  const merchant = await world().merchant({ funds: 15 });
  await setsLimit('10');
  const { id } = await json(['wallet', 'debit', merchant.id, '20', '--reason', 'a payout', '--reference', 'payout-1']);
  expect(await refusal(['wallet', 'approve', id], 'bob')).toMatch(/does not cover this debit; .* still waits/);
  await json(['wallet', 'credit', merchant.id, '5']);
  await json(['wallet', 'approve', id], 'bob');
  expect(await merchant.balance()).toMatchObject({ balance: 0 });
});

test('a lower limit counts at once; a higher one, or none, needs a second operator', async () => {
  await setsLimit('500');
  expect(await setsLimit('100')).toEqual({ above: '100.00' });
  const { id, state } = await setsLimit('1000');
  expect(state).toBe('waiting');
  expect((await run(['wallet', 'dual-control'])).stdout).toBe(
    'a credit or debit above $100.00 waits for a second operator\n',
  );
  expect(await refusal(['wallet', 'approve', id])).toMatch(/another operator must approve it/);
  await json(['wallet', 'approve', id], 'bob');
  expect(await json(['wallet', 'dual-control'])).toEqual({ above: '1000.00' });
  const late = await setsLimit('5000');
  await setsLimit('50');
  expect(await refusal(['wallet', 'approve', late.id], 'bob')).toMatch(/the limit has been changed since/);
  expect(await json(['wallet', 'dual-control'])).toEqual({ above: '50.00' });
});

test('a request that there is not is refused', async () => {
  const unknown = '01990c4e-6b3a-7c55-9f0e-2f6d1c8a7b10';
  expect(await refusal(['wallet', 'approve', unknown], 'bob')).toMatch(
    /there is no request .* skinrail wallet requests/,
  );
});
