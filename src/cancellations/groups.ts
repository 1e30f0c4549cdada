import type { Deps } from '../deps.ts';
import { Grouped } from '../work/grouped.ts';
import { findAndRecordAll, type WantedItem } from './fast-path.ts';
import type { Candidate } from './policy.ts';
import { type Accepted, acceptAll } from './store.ts';

/** The two statements of a usual cancel. Cancels that wait for the database at the same time share them. */
export interface CancelGroups {
  /** Finds an item and records the request; null: the merchant has no such trade. */
  readonly find: Grouped<WantedItem, Candidate | null>;
  /** Records that the supplier accepted; false: the attempt has been overtaken. */
  readonly accept: Grouped<Accepted, boolean>;
}

/**
 * Made once for a node. On a cluster a statement is about one merchant.
 * @param slowAfterMs after this time, cancels do not wait for a statement that is under way any more
 */
export function createCancelGroups(
  deps: Pick<Deps, 'db' | 'clock' | 'config' | 'suppliers' | 'isDistributed'>,
  slowAfterMs?: number,
): CancelGroups {
  const { isDistributed } = deps;
  const laneOf = (merchantId: string) => (isDistributed ? merchantId : '');
  const merchantOf = (merchantId = '') => (isDistributed ? merchantId : null);
  return {
    find: new Grouped(
      {
        run: (all) => findAndRecordAll(deps, all, merchantOf(all[0]?.wanted.merchantId)),
        keyOf: ({ wanted, tradeRef, itemRef }) => JSON.stringify([wanted.merchantId, tradeRef, itemRef]),
        laneOf: ({ wanted }) => laneOf(wanted.merchantId),
      },
      slowAfterMs,
    ),
    accept: new Grouped(
      {
        run: (all) => acceptAll(deps, all, merchantOf(all[0]?.merchantId)),
        keyOf: ({ id }) => id,
        laneOf: ({ merchantId }) => laneOf(merchantId),
      },
      slowAfterMs,
    ),
  };
}
