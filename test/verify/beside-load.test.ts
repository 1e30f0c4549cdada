// The books are right at any moment, so `verify` may look at any moment.
import { expect, test } from 'vitest';
import { type Batch, verify } from '../../src/verify/verify.ts';
import { postgresUrl } from '../support/database.ts';
import type { Merchant } from '../support/merchant.ts';
import { useOwnWorld } from '../support/world.ts';

const world = useOwnWorld({ VERIFY_EVERY_MIN: '0', SUPPLIER_TIMEOUT_MS: '10000' });
const ROUNDS = 2;
const LANES = 2;
/** Small, so that many steps of the gateway happen between a run's batches. */
const BATCH_SIZE = 2;

const courses = [
  'never-ships',
  'ships-at-once',
  'cheaper',
  'delivers-despite-cancel',
  'purchase-refused',
  'seller-fails',
];
const listingsOfCourses = () => courses.map((behaviour) => world().testListing(behaviour));

/** Buys items that go every way. */
async function buys(merchant: Merchant, round: number): Promise<void> {
  const answers = await Promise.all([
    merchant.asksToBuy(listingsOfCourses(), { externalId: `all-${round}` }),
    merchant.asksToBuy([world().testListing('recipient-declines'), world().testListing('reversed-in-hold')]),
    merchant.asksToBuy([world().rustListing('ships-at-once')]),
  ]);
  expect(answers.map((answer) => answer.status)).toEqual([200, 200, 200]);
}

/** Cancels what can be cancelled, each twice at once. @returns how many of these requests were accepted */
async function cancels(merchant: Merchant, round: number): Promise<number> {
  const cancellations = listingsOfCourses().flatMap((listing) =>
    [1, 2].map(() => merchant.cancels(`all-${round}`, listing.id)),
  );
  const answers = await Promise.all(cancellations);
  return answers.filter((answer) => answer.status === 200).length;
}

// In the embedded database transactions never overlap, and two lanes of proofs without a rest leave no room for load.
test.skipIf(!postgresUrl)(
  'verify never calls right books broken while trades are bought, delivered, cancelled and refunded',
  async () => {
    const merchants = await Promise.all([1, 2].map(() => world().merchant({ funds: 10_000 })));
    let isBusy = true;
    const load = async () => {
      let cancelled = 0;
      for (let round = 0; round < ROUNDS; round++) {
        await Promise.all(merchants.map((merchant) => buys(merchant, round)));
        await world().settles();
        await world().passes('31m');
        for (const count of await Promise.all(merchants.map((merchant) => cancels(merchant, round))))
          cancelled += count;
        await world().passes('9d');
      }
      return cancelled;
    };
    let batches = 0;
    const onBatch = (_: Batch) => {
      batches++;
    };
    const proofs = async () => {
      const { db } = world().gateway.deps;
      while (isBusy) {
        const results = await verify(db, world().now, { batchSize: BATCH_SIZE, lanes: LANES, onBatch });
        expect(results.filter((result) => result.broken !== null)).toEqual([]);
      }
    };
    const loaded = load().finally(() => {
      isBusy = false;
    });
    const [cancelled] = await Promise.all([loaded, proofs()]);
    // The item that never ships can be taken back, by both requests, for each merchant and in each round.
    expect(cancelled).toBeGreaterThanOrEqual(ROUNDS * merchants.length * 2);
    expect(batches).toBeGreaterThan(50);
  },
);
