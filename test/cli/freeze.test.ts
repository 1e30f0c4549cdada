import { afterAll, expect, test } from 'vitest';
import { listFreezes, unfreeze } from '../../src/freezes/operations.ts';
import { useOperatorCommands } from '../support/operator-commands.ts';
import { useWorld } from '../support/world.ts';

/** An operator stops buying with the command line, and others see who did it. */

const world = useWorld();

const { run, json: jsonOf } = useOperatorCommands(world);
const json = (...args: string[]) => jsonOf(args);

afterAll(async () => {
  for (const row of await listFreezes(world().gateway.deps)) await unfreeze(world().gateway.deps, row);
});

test('I freeze everything and lift it again', async () => {
  expect(await json('freeze', 'all', '--reason', 'prices are wrong')).toMatchObject({
    scope: 'all',
    actor: 'operator:alice',
    isNew: true,
  });
  const merchant = await world().merchant();
  const { body } = await merchant.asksToBuy([world().testListing('ships-at-once')]);
  expect(body.error?.key).toBe('SERVICE_UNAVAILABLE');
  expect((await run(['freeze', 'all', '--reason', 'again'])).stdout).toMatch(/^everything has been frozen since \S+Z;/);
  expect(await json('freeze', 'list')).toMatchObject([{ scope: 'all', reason: 'prices are wrong', waitingItems: 0 }]);
  const lifted = await run(['unfreeze', 'all']);
  expect(lifted.stdout).toBe('the freeze of everything is lifted; there are no other freezes\n');
  expect((await merchant.asksToBuy([world().testListing('ships-at-once')])).status).toBe(200);
  await world().settles();
});

test('I freeze a merchant by its name', async () => {
  const merchant = await world().merchant();
  expect(await json('freeze', 'merchant', merchant.name, '--reason', 'fraud')).toMatchObject({ target: merchant.id });
  expect((await merchant.asksToBuy([world().testListing('ships-at-once')])).body.error?.key).toBe('ACCOUNT_DISABLED');
  expect(await json('unfreeze', 'merchant', merchant.id)).toMatchObject({ target: merchant.id, reason: 'fraud' });
});

test('I see in a trade what it waits for', async () => {
  const merchant = await world().merchant();
  merchant.says(503);
  const { body } = await merchant.asksToBuy([world().testListing('ships-at-once')]);
  await world().until(() => merchant.questionsAbout(body.data.id).length > 0, 'the question');
  await run(['freeze', 'supplier', 'cs2dt', '--reason', 'its answers are odd']);
  const shown = await run(['trade', 'show', body.data.id]);
  expect(shown.stdout).toMatch(
    /^waits for +freeze of supplier cs2dt since \S+Z by operator:alice: its answers are odd$/m,
  );
  expect(await json('freeze', 'list')).toMatchObject([{ scope: 'supplier', waitingItems: 1 }]);
  await run(['unfreeze', 'supplier', 'cs2dt']);
  merchant.says(200);
  await world().passes('1m');
  expect((await run(['trade', 'show', body.data.id])).stdout).not.toContain('waits for');
});

test.each([
  [
    'a marketplace that there is not',
    ['freeze', 'supplier', 'cs3dt', '--reason', 'x'],
    /unknown supplier cs3dt; known suppliers: cs2dt, lis-skins, waxpeer/,
  ],
  [
    'a merchant that there is not',
    ['freeze', 'merchant', 'Nobody', '--reason', 'x'],
    /no merchant with the id or name Nobody/,
  ],
  ['an empty reason', ['freeze', 'all', '--reason', ' '], /--reason must have 1 to 200 characters/],
  ['no reason', ['freeze', 'all'], /required option '--reason <text>' not specified/],
  ['what is not frozen', ['unfreeze', 'all'], /everything is not frozen; skinrail freeze list shows all freezes/],
])('I am told of %s', async (_, args, text) => {
  const said = await run(args);
  expect(said).toMatchObject({ exitCode: 1, stdout: '' });
  expect(said.stderr).toMatch(text);
});

test('it is recorded who ran what, and how it ended', async () => {
  await run(
    ['freeze', 'merchant', 'No Such Shop', '--reason', 'fraud', '--database-url', 'postgres://u:secret@h/d'],
    'operator:bob',
  );
  await run(['merchant', 'list'], 'operator:bob');
  const [newest] = await json('audit', '--operator', 'bob');
  expect(newest).toMatchObject({
    operator: 'operator:bob',
    command: 'freeze merchant "No Such Shop" --reason fraud --database-url postgres://-@h/d',
    outcome: expect.stringMatching(/^failed: there is no merchant/),
    endedAt: expect.any(String),
  });
  expect(await json('audit', '--operator', 'bob')).toHaveLength(1);
});
