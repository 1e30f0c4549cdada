import { sql } from 'kysely';
import type { Config } from '../config/config.ts';
import { SECOND_MS } from '../core/clock.ts';
import { ofAllMerchants } from '../db/portable.ts';
import type { ApprovalRow } from '../db/tables.ts';
import type { Deps } from '../deps.ts';
import { isMerchantStopped, isTradeStopped } from '../freezes/freezes.ts';
import { claimInTurn, claimOfMerchant, type DueTable } from '../work/claim.ts';
import type { Turn } from '../work/lane-worker.ts';
import { leaseEnd, leaseMs } from '../work/lease.ts';

const approvals: DueTable = { table: 'approval', key: 'trade_id', dueAt: 'due_at', attempts: 'attempts' };

/** The longest pause that a receiver gets by `Retry-After`: a buyer is waiting. */
export const RETRY_AFTER_MAX_MS = 30 * SECOND_MS;

/** The longest pause before a merchant is asked again, or the lease of the node that asks. */
export function longestApprovalPauseMs({ approvalTimeoutMs }: Pick<Config, 'approvalTimeoutMs'>): number {
  return Math.max(RETRY_AFTER_MAX_MS, leaseMs(approvalTimeoutMs));
}

/** An approval request that this node sends until its lease ends; `attempts` is the number of this attempt. */
export type ClaimedApproval = ApprovalRow & { readonly due_at: Date };

const isAsking = sql`approval.state = 'asking'`;

/** The merchants that have due approval requests. Frozen merchants are left out. */
export async function merchantsWithApprovals({ db, clock }: Deps): Promise<readonly string[]> {
  const { rows } = await sql<{ merchant_id: string }>`
    select ${ofAllMerchants} distinct merchant_id from approval
    where ${isAsking} and due_at <= ${clock.now()}::timestamptz
      and not ${isMerchantStopped(sql.ref('approval.merchant_id'))}`.execute(db);
  return rows.map(({ merchant_id }) => merchant_id);
}

/**
 * Claims due approval requests of merchants, those that have been due for longest. Trades of frozen merchants and suppliers
 * are left out: nobody is asked about what could not be bought.
 */
export async function claimApprovals(deps: Deps, turns: readonly Turn[]): Promise<readonly ClaimedApproval[]> {
  return claimInTurn(turns, (turn) => claimOf(deps, turn));
}

async function claimOf({ db, clock, config }: Deps, { merchantId, room }: Turn): Promise<readonly ClaimedApproval[]> {
  const now = clock.now();
  const chosen = sql`
    select trade_id from approval
    where merchant_id = ${merchantId}::uuid and ${isAsking} and due_at <= ${now}::timestamptz
      and not ${isTradeStopped(sql`${merchantId}::uuid`, sql.ref('approval.trade_id'))}
    order by due_at limit ${room}::int4`;
  const until = leaseEnd(now, config.approvalTimeoutMs);
  return claimOfMerchant<ClaimedApproval>(db, approvals, merchantId, { now, until, chosen, which: isAsking });
}
