import { type RawBuilder, sql } from 'kysely';
import { ofAllMerchants, onOneServer } from '../db/portable.ts';
import type { CallbackRow } from '../db/tables.ts';
import type { Deps } from '../deps.ts';
import { claimInTurn, claimOfMerchant, claimOfSeveral, type DueTable } from '../work/claim.ts';
import type { Turn } from '../work/lane-worker.ts';
import { MERCHANT_MAX } from '../work/lanes.ts';
import { leaseEnd } from '../work/lease.ts';
import type { EndpointRow } from './endpoint.ts';

const callbacks: DueTable = { table: 'callback', key: 'id', dueAt: 'due_at', attempts: 'attempts' };

/** A callback that this node alone may send until its lease ends, with the endpoint it goes to. */
export type ClaimedCallback = EndpointRow &
  Pick<CallbackRow, 'merchant_id' | 'id' | 'trade_id' | 'number' | 'attempts' | 'attempts_before'> & {
    /** One that is pending has it. */
    readonly body: string;
  };

/** The merchants that have due callbacks; those whose callbacks are switched off have none. */
export async function merchantsWithCallbacks({ db, clock }: Deps): Promise<readonly string[]> {
  const { rows } = await sql<{ merchant_id: string }>`
    select ${ofAllMerchants} distinct merchant_id from callback where due_at <= ${clock.now()}::timestamptz`.execute(
    db,
  );
  return rows.map(({ merchant_id }) => merchant_id);
}

/** Claims due callbacks of merchants, and counts the attempts. On a cluster a statement names one merchant. */
export async function claimCallbacks(deps: Deps, turns: readonly Turn[]): Promise<readonly ClaimedCallback[]> {
  const { db, isDistributed } = deps;
  const now = deps.clock.now();
  if (!isDistributed) {
    const claim = claimUntil(deps, now, firstInLines(turns, now));
    return claimOfSeveral<ClaimedCallback>(db, callbacks, claim);
  }
  return claimInTurn(turns, ({ merchantId, room }) => {
    const chosen = firstInLine(sql`${merchantId}::uuid`, now, sql`${room}::int4`);
    return claimOfMerchant<ClaimedCallback>(db, callbacks, merchantId, claimUntil(deps, now, chosen));
  });
}

function claimUntil({ config }: Deps, now: Date, chosen: RawBuilder<unknown>) {
  return {
    now,
    until: leaseEnd(now, config.callbackTimeoutMs),
    chosen,
    which: sql`callback.state = 'pending'`,
    join: sql`join merchant on merchant.id = claimed.merchant_id and merchant.callback_disabled_at is null`,
    returning: () => sql`callback.merchant_id, callback.id, callback.trade_id, callback.number, callback.body,
      callback.attempts, callback.attempts_before, merchant.callback_url, merchant.callback_disabled_at,
      merchant.api_secret_sealed, merchant.previous_secret_sealed, merchant.previous_secret_until`,
  };
}

/**
 * A merchant's callbacks to send next: those that are due longest, and of each trade only the first pending one, so that
 * none overtakes another.
 *
 * Usually almost nothing is due, so PostgreSQL estimates few rows and would read and sort all of a merchant's. Hence a limit
 * is a literal, `<=` stands where `=` would do, and the query does not say that a row with a due time is pending: 0.6 ms
 * instead of 70 ms for the first 32 of ten thousand.
 * @param room how many at most; `MERCHANT_MAX` is the most
 */
function firstInLine(merchantId: RawBuilder<unknown>, now: Date, room: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`
    select id from (
      select id, due_at from callback
      where merchant_id = ${merchantId} and due_at <= ${now}::timestamptz
        and number <= (select earliest.number from callback as earliest
          where earliest.merchant_id = ${merchantId} and earliest.trade_id = callback.trade_id
            and earliest.state = 'pending' order by earliest.number limit 1)
      order by due_at limit ${sql.lit(MERCHANT_MAX)}
    ) as first order by due_at limit ${room}`;
}

/** The same of each of these merchants. */
function firstInLines(turns: readonly Turn[], now: Date): RawBuilder<unknown> {
  const merchants = turns.map(({ merchantId }) => merchantId);
  const rooms = turns.map(({ room }) => room);
  return sql`select ${onOneServer} turn.merchant_id, line.id
    from unnest(${merchants}::uuid[], ${rooms}::int4[]) as turn (merchant_id, room)
    cross join lateral (${firstInLine(sql`turn.merchant_id`, now, sql`turn.room`)}) as line`;
}
