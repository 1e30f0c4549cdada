import { SECOND_MS } from '../core/clock.ts';
import type { Deps } from '../deps.ts';
import * as runs from '../work/scheduled-run.ts';

type LeaseDeps = Pick<Deps, 'db' | 'clock'>;

/** After this time another node connects, if the holder has died. The holder renews its lease several times before. */
export const LEASE_MS = 20 * SECOND_MS;
export const RENEW_EVERY_MS = 5 * SECOND_MS;

/** @returns the lease's id; null: another node holds the connection of the supplier */
export async function claimLease(deps: LeaseDeps, supplier: string): Promise<string | null> {
  // Read first: a claim that fails writes, and every node tries it every few seconds.
  if (await isHeld(deps, supplier)) return null;
  return runs.claimRun(deps, rowOf(supplier), { everyMs: 0, leaseMs: LEASE_MS });
}

/** @returns false when the lease had expired and another node has claimed it */
export function renewLease(deps: LeaseDeps, supplier: string, leaseId: string): Promise<boolean> {
  return runs.renewRun(deps, rowOf(supplier), leaseId, LEASE_MS);
}

/** Lets another node connect at once. */
export function releaseLease(deps: LeaseDeps, supplier: string, leaseId: string): Promise<void> {
  return runs.releaseRun(deps, rowOf(supplier), leaseId);
}

async function isHeld({ db, clock }: LeaseDeps, supplier: string): Promise<boolean> {
  const row = await db
    .selectFrom('supplier_connection')
    .select('leased_until')
    .where('supplier', '=', supplier)
    .executeTakeFirst();
  const until = row?.leased_until;
  const now = clock.now().getTime();
  // A time that is too far ahead was written before the clock was set back; the claim ignores it.
  return until ? until.getTime() > now && until.getTime() <= now + 2 * LEASE_MS : false;
}

function rowOf(supplier: string): runs.RunRow {
  return { table: 'supplier_connection', key: 'supplier', value: supplier };
}
