import { pushUnknown } from '../../src/unknown/push.ts';
import { unknownOutcomes } from '../../src/unknown/queries.ts';
import type { RaceItem } from './items.ts';
import type { World } from './world.ts';

/** An operator who does not want to wait: what `skinrail unknown push` does with all that is unknown of this item. */
export async function operatorPushes({ db, clock }: World, { merchant, itemId }: RaceItem): Promise<void> {
  const open = await unknownOutcomes(db, clock.now(), { merchantId: merchant.id });
  for (const outcome of open.filter((each) => each.itemId === itemId)) await pushUnknown({ db, clock }, outcome);
}

/** The item's time to be cancelled has come, if it has one that is not past. */
export async function timerStrikes({ db, clock }: World, { merchant, itemId }: RaceItem): Promise<void> {
  await db
    .updateTable('item')
    .set({ auto_cancel_due_at: clock.now() })
    .where('merchant_id', '=', merchant.id)
    .where('id', '=', itemId)
    .where('auto_cancel_due_at', 'is not', null)
    .execute();
}

/** The nodes' own rhythm of reading orders strikes now. */
export async function pollStrikes({ db, clock }: World, { merchant, itemId }: RaceItem): Promise<void> {
  await db
    .updateTable('purchase')
    .set({ due_at: clock.now() })
    .where('merchant_id', '=', merchant.id)
    .where('item_id', '=', itemId)
    .where('state', '=', 'done')
    .execute();
}
