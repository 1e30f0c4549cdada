import { sql } from 'kysely';
import type { Config } from '../config/config.ts';
import { later, SECOND_MS } from '../core/clock.ts';
import type { ApprovalRow } from '../db/tables.ts';
import type { Deps } from '../deps.ts';
import { isTradeStopped } from '../freezes/freezes.ts';
import { type Lanes, MERCHANT_MAX } from '../work/lanes.ts';

/** A receiver that asks for time gets no more than this: a buyer is waiting. */
export const RETRY_AFTER_MAX_MS = 30 * SECOND_MS;
const LEASE_MARGIN_MS = 5 * SECOND_MS;

/** The longest pause before a merchant is asked again, or the lease of the node that asks. */
export function longestApprovalPauseMs({ approvalTimeoutMs }: Pick<Config, 'approvalTimeoutMs'>): number {
  return Math.max(RETRY_AFTER_MAX_MS, approvalTimeoutMs + LEASE_MARGIN_MS);
}

/** A question that is this node's to ask until its lease ends, known by the number of this ask. */
export type ClaimedApproval = ApprovalRow & { readonly due_at: Date };

/**
 * Takes questions that are due: of each merchant the longest due, as many as it has lanes, and when there is not room for
 * all, of each merchant its first, then of each its second. One caller of any number gets a question. Merchants and
 * suppliers that are frozen are left out: nobody is asked about what could not be bought.
 */
export async function claimDueApprovals(
  { db, clock, config }: Deps,
  lanes: Lanes,
): Promise<readonly ClaimedApproval[]> {
  const now = clock.now();
  const leaseEnd = later(now, config.approvalTimeoutMs + LEASE_MARGIN_MS);
  const { rows } = await sql<ClaimedApproval>`
    with lanes as (
      select "merchantId" as merchant_id, room
      from jsonb_to_recordset(${JSON.stringify(lanes.rooms())}::jsonb) as lanes ("merchantId" uuid, room integer)
    ), due as (
      select merchant_id, trade_id, due_at, row_number() over (partition by merchant_id order by due_at) as turn
      from approval where state = 'asking' and due_at <= ${now}::timestamptz
        and not ${isTradeStopped(sql.ref('approval.merchant_id'), sql.ref('approval.trade_id'))}
    ), chosen as (
      select due.merchant_id, due.trade_id from due left join lanes using (merchant_id)
      where turn <= coalesce(lanes.room, ${MERCHANT_MAX}::integer)
      order by turn, due_at limit ${lanes.room}::integer
    )
    update approval set due_at = ${leaseEnd}::timestamptz, asks = asks + 1 from chosen
    where approval.merchant_id = chosen.merchant_id and approval.trade_id = chosen.trade_id
      and approval.state = 'asking' and approval.due_at <= ${now}::timestamptz
    returning approval.*`.execute(db);
  return rows;
}
