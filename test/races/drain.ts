import { sql } from 'kysely';
import { DAY_MS, HOUR_MS, later, MINUTE_MS, SECOND_MS } from '../../src/core/clock.ts';
import { happens, inLanes } from './eventually.ts';
import type { RaceItem } from './items.ts';
import { advance, send, type World } from './world.ts';

/** Shorter than the shortest lease, so that moving time never takes a call away from a node that is making it. */
const STEP_MS = 3 * SECOND_MS;
/** By then the last accepted cancel is confirmed, and the last item that comes in spite of one has come. */
const CONFIRMED_AFTER_MS = 11 * MINUTE_MS;

/**
 * After the requests of a batch: lets every request come to its end, and sellers deliver what nobody cancelled.
 * What does not come to its end in time is for the judge to see.
 */
export async function drain(world: World, items: readonly RaceItem[], lanes: number): Promise<void> {
  await happens(async () => {
    const { requested, unknown } = await countCancellations(world);
    if (requested + unknown === 0 && !(await isTimerAbout(world))) return true;
    if (requested === 0) await advance(world, STEP_MS);
    return false;
  });
  await advance(world, CONFIRMED_AFTER_MS);
  await happens(async () => (await countCancellations(world)).accepted === 0);
  const waiting = await stillWaiting(world, items);
  await inLanes(waiting, lanes, async ({ reference }) => {
    await send(world.marketplace, 'POST', `/control/orders/${reference}/deliver`);
  });
  await happens(async () => (await stillWaiting(world, items)).length === 0);
  await happens(() => isAllTold(world));
}

/** Delivered items leave their protection window, and are paid for. */
export async function passProtection(world: World): Promise<void> {
  await advance(world, 8 * DAY_MS);
  await happens(async () => {
    const held = world.db.selectFrom('item').select('id').where('state', '=', 'hold');
    return (await held.limit(1).executeTakeFirst()) === undefined;
  });
  await happens(() => isAllTold(world));
}

/** What the timer has been sent to, it comes back to until it is known what became of it. */
async function isTimerAbout({ db, clock }: World): Promise<boolean> {
  const soon = later(clock.now(), HOUR_MS);
  const due = db.selectFrom('item').select('id').where('auto_cancel_due_at', '<', soon);
  return (await due.limit(1).executeTakeFirst()) !== undefined;
}

async function countCancellations({ db }: World) {
  const { rows } = await sql<{ requested: number; unknown: number; accepted: number }>`
    select count(*) filter (where state = 'requested')::int as requested,
      count(*) filter (where state = 'unknown')::int as unknown,
      count(*) filter (where state = 'accepted')::int as accepted
    from cancellation where state in ('requested', 'unknown', 'accepted')`.execute(db);
  return rows[0] ?? { requested: 0, unknown: 0, accepted: 0 };
}

async function stillWaiting({ db }: World, items: readonly RaceItem[]): Promise<RaceItem[]> {
  const ids = items.map((item) => item.itemId);
  const rows = await db
    .selectFrom('item')
    .select('id')
    .where('id', 'in', ids)
    .where('state', 'in', ['pending', 'active'])
    .execute();
  const waiting = new Set(rows.map((row) => row.id));
  return items.filter((item) => waiting.has(item.itemId));
}

async function isAllTold({ db, merchants }: World): Promise<boolean> {
  const ids = merchants.map((merchant) => merchant.id);
  const open = db.selectFrom('callback').select('id').where('merchant_id', 'in', ids).where('state', '=', 'pending');
  return (await open.limit(1).executeTakeFirst()) === undefined;
}
