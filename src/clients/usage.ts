import { sql } from 'kysely';
import { DAY_MS, later } from '../core/clock.ts';
import { type Mills, NOTHING, subtract, sum } from '../core/money.ts';
import type { Db } from '../db/connect.ts';
import type { ClientUsageRow, NewTransfer, TradeRow } from '../db/tables.ts';
import type { Trx } from '../db/transaction.ts';
import { AVAILABLE, LOCKED } from '../ledger/book.ts';

/**
 * What clients have under way and have done today. The rows change in the transaction of each step, whether there are
 * limits or not, so that a limit that is set later counts from the truth. They are locked by their names, after items and
 * before the wallet.
 */

/** The row for all clients of a merchant together. A client's own has its SteamID64. */
export const ALL_CLIENTS = 'all';

/** Days are those of UTC. */
export function dayStartOf(at: Date): Date {
  return new Date(Math.floor(at.getTime() / DAY_MS) * DAY_MS);
}

export function dayEndOf(dayStart: Date): Date {
  return later(dayStart, DAY_MS);
}

/** What was done on a day, and is under way now. */
export type ClientUsage = Pick<ClientUsageRow, 'in_flight_mills' | 'spent_mills' | 'withdrawals' | 'declines'>;

export type CountedUsage = ClientUsage & Pick<ClientUsageRow, 'day_start'>;

/**
 * Whether a row counts another day than this one. The clocks of two nodes differ a little: what one of them has counted
 * for the next day already stays. A row from further ahead is of a clock that was wrong.
 */
function isOver(today: Date) {
  return sql<boolean>`(usage.day_start < ${today}::timestamptz or usage.day_start > ${dayEndOf(today)}::timestamptz)`;
}

/**
 * Counts a withdrawal that a client is making, for it and for all clients.
 * @returns what both come to with it, the client's first; the rows stay locked until the transaction ends
 */
export async function countWithdrawal(
  trx: Trx,
  trade: Pick<TradeRow, 'merchant_id' | 'steam_id' | 'created_at'>,
  reserved: Mills,
): Promise<{ client: CountedUsage; all: CountedUsage }> {
  const today = dayStartOf(trade.created_at);
  const row = (client: string) =>
    sql`(${trade.merchant_id}::uuid, ${client}, ${reserved}::bigint, ${today}::timestamptz, ${reserved}::bigint, 1, 0)`;
  const { rows } = await sql<CountedUsage & { client: string }>`
    insert into client_usage as usage
      (merchant_id, client, in_flight_mills, day_start, spent_mills, withdrawals, declines)
    values ${row(trade.steam_id)}, ${row(ALL_CLIENTS)}
    on conflict (merchant_id, client) do update set
      in_flight_mills = usage.in_flight_mills + excluded.in_flight_mills,
      day_start = case when ${isOver(today)} then excluded.day_start else usage.day_start end,
      spent_mills = case when ${isOver(today)} then 0 else usage.spent_mills end + excluded.spent_mills,
      withdrawals = case when ${isOver(today)} then 0 else usage.withdrawals end + 1,
      declines = case when ${isOver(today)} then 0 else usage.declines end
    returning client, in_flight_mills, day_start, spent_mills, withdrawals, declines`.execute(trx);
  const all = rows.find((each) => each.client === ALL_CLIENTS);
  const client = rows.find((each) => each.client === trade.steam_id);
  if (!client || !all) throw new Error(`the usage of client ${trade.steam_id} was not counted`);
  return { client, all };
}

/** What happens to the money of a client's items in one step. */
export interface ClientStep {
  readonly transfers: readonly NewTransfer[];
  readonly declines: number;
  readonly at: Date;
}

/**
 * Takes what leaves the client's locked money, and what comes back to the merchant, off its usage; counts declines.
 * Does nothing for a merchant's own trade. To be called before the transfers are booked: the wallet is locked last.
 */
export async function followClientMoney(
  trx: Trx,
  trade: Pick<TradeRow, 'merchant_id' | 'source' | 'steam_id' | 'created_at'>,
  { transfers, declines, at }: ClientStep,
): Promise<void> {
  if (trade.source !== 'client' || transfers.length === 0) return;
  const to = (account: string) =>
    sum(transfers.filter((each) => each.to_account === account).map((each) => each.amount_mills));
  const from = (account: string) =>
    sum(transfers.filter((each) => each.from_account === account).map((each) => each.amount_mills));
  const freed = subtract(from(LOCKED), to(LOCKED));
  const today = dayStartOf(at);
  const whose = sql`usage.merchant_id = ${trade.merchant_id} and usage.client in (${trade.steam_id}, ${ALL_CLIENTS})`;
  await sql`select client from client_usage as usage where ${whose} order by client for update`.execute(trx);
  await sql`
    update client_usage as usage set
      in_flight_mills = greatest(usage.in_flight_mills - ${freed}::bigint, 0),
      day_start = case when ${isOver(today)} then ${today}::timestamptz else usage.day_start end,
      spent_mills = case when ${isOver(today)} then 0
        when usage.day_start = ${dayStartOf(trade.created_at)}::timestamptz
          then greatest(usage.spent_mills - ${to(AVAILABLE)}::bigint, 0)
        else usage.spent_mills end,
      withdrawals = case when ${isOver(today)} then 0 else usage.withdrawals end,
      declines = case when ${isOver(today)} then 0 else usage.declines end + ${declines}::integer
    where ${whose}`.execute(trx);
}

const NONE: ClientUsage = { in_flight_mills: NOTHING, spent_mills: NOTHING, withdrawals: 0, declines: 0 };

/** What a client, or all of them, have under way, and have done on the day of this moment. */
export async function usageOf(db: Db, merchantId: string, client: string, at: Date): Promise<ClientUsage> {
  const row = await db
    .selectFrom('client_usage')
    .selectAll()
    .where('merchant_id', '=', merchantId)
    .where('client', '=', client)
    .executeTakeFirst();
  if (!row) return NONE;
  const isToday = row.day_start.getTime() === dayStartOf(at).getTime();
  return isToday ? row : { ...NONE, in_flight_mills: row.in_flight_mills };
}
