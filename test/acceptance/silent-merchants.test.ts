import { expect, test } from 'vitest';
import { useOwnWorld } from '../support/world.ts';

/** Longer than the test waits: whoever had to wait for a silent merchant would be late. */
const world = useOwnWorld({ APPROVAL_TIMEOUT_MS: '20000' });

test('a merchant that keeps silent holds up no other', async () => {
  const [silent, quick] = [await world().merchant(), await world().merchant()];
  silent.says('nothing');
  const listing = world().testListing('never-ships');
  await Promise.all(Array.from({ length: 60 }, () => silent.asksToBuy([listing])));
  const { body } = await quick.asksToBuy([listing]);
  await world().until(async () => (await quick.trade(body.data.id)).status === 'pending', 'its purchase', 10_000);
  const asked = world().receiver.questionsTo(silent.name).length;
  expect(asked).toBeGreaterThan(8);
  expect(asked).toBeLessThanOrEqual(32);

  silent.says(200);
  world().receiver.closeConnections();
  await world().passes('1m');
});
