import { sql } from 'kysely';
import type { Config } from '../config/config.ts';
import { SECOND_MS } from '../core/clock.ts';
import type { ApprovalRow } from '../db/tables.ts';
import type { Deps } from '../deps.ts';
import { isTradeStopped } from '../freezes/freezes.ts';
import { claimDue, type DueTable } from '../work/claim.ts';
import { asTable, type Lanes, MERCHANT_MAX } from '../work/lanes.ts';
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

/**
 * Claims approval requests that are due: of each merchant those that have been due for longest, as many as it has lanes.
 * When there is not room for all, each merchant's first comes before any merchant's second. Trades of frozen merchants
 * and suppliers are left out: nobody is asked about what could not be bought.
 */
export async function claimApprovals({ db, clock, config }: Deps, lanes: Lanes): Promise<readonly ClaimedApproval[]> {
  const now = clock.now();
  const isAsking = sql`approval.state = 'asking'`;
  const fairly = sql`
    with due as (
      select merchant_id, trade_id, due_at, row_number() over (partition by merchant_id order by due_at) as turn
      from approval where ${isAsking} and due_at <= ${now}::timestamptz
        and not ${isTradeStopped(sql.ref('approval.merchant_id'), sql.ref('approval.trade_id'))}
    )
    select due.merchant_id, due.trade_id from due left join ${asTable(lanes)} using (merchant_id)
    where turn <= coalesce(lanes.room, ${MERCHANT_MAX}::integer)
    order by turn, due_at limit ${lanes.room}::integer`;
  const until = leaseEnd(now, config.approvalTimeoutMs);
  return claimDue<ClaimedApproval>(db, approvals, { now, until, take: fairly, which: isAsking });
}
