import { setTimeout as pause } from 'node:timers/promises';
import { sql } from 'kysely';
import type { Db } from '../src/db/connect.ts';
import { ofAllMerchants } from '../src/db/portable.ts';
import { isPurchaseStopped, isTradeStopped } from '../src/freezes/freezes.ts';

/** Some merchants and marketplaces never answer. */
const WAIT_MAX_MS = 3000;
const LOOK_EVERY_MS = 20;

/**
 * Waits until nobody is asked for the first time and nothing is being bought, for three seconds at most. If the clock moved in
 * the middle of a purchase, its order would be younger at the marketplace than the gateway can know.
 */
export async function untilBought(db: Db): Promise<void> {
  const endsAt = performance.now() + WAIT_MAX_MS;
  while ((await isBuying(db)) && performance.now() < endsAt) await pause(LOOK_EVERY_MS);
}

async function isBuying(db: Db): Promise<boolean> {
  const stopped = isTradeStopped(sql.ref('approval.merchant_id'), sql.ref('approval.trade_id'));
  const { rows } = await sql<{ is_buying: boolean }>`select ${ofAllMerchants} (
    exists (select 1 from approval where due_at is not null and state = 'asking' and failures = 0 and not ${stopped})
    or exists (select 1 from purchase where due_at is not null and state in ('recorded', 'asked')
      and not (state = 'recorded' and ${isPurchaseStopped()}))
    ) as is_buying`.execute(db);
  return rows[0]?.is_buying ?? false;
}
