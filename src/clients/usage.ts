import { sql } from 'kysely';
import { DAY_MS, later } from '../core/clock.ts';
import { type Mills, NOTHING, subtract, sum } from '../core/money.ts';
import type { Db } from '../db/connect.ts';
import type { ClientUsageRow, NewTransfer, TradeRow } from '../db/tables.ts';
import type { Trx } from '../db/transaction.ts';
import { AVAILABLE, LOCKED } from '../ledger/book.ts';

/**
 * The usage counters of clients: items in flight and today's withdrawals. They change in the transaction of each event, even
 * without limits, so that a limit that is set later applies to correct values. Lock order: items, counters by name, wallet.
 */

/** The name of the row for all clients of a merchant. A single client's row has its SteamID64. */
export const ALL_CLIENTS = 'all';

/** The start of the UTC day. */
export function dayStartOf(at: Date): Date {
  return new Date(Math.floor(at.getTime() / DAY_MS) * DAY_MS);
}

export function dayEndOf(dayStart: Date): Date {
  return later(dayStart, DAY_MS);
}

/** The usage of a day and the items in flight. */
export type ClientUsage = Pick<ClientUsageRow, 'in_flight_mills' | 'spent_mills' | 'withdrawals' | 'declines'>;

export type CountedUsage = ClientUsage & Pick<ClientUsageRow, 'day_start'>;

/**
 * Whether a row belongs to another day. The clocks of two nodes may differ slightly, so a row of the next day is kept. A row
 * further in the future was written with a wrong clock.
 */
function isOtherDay(today: Date) {
  return sql<boolean>`(usage.day_start < ${today}::timestamptz or usage.day_start > ${dayEndOf(today)}::timestamptz)`;
}

/**
 * Counts a new withdrawal for its client and for all clients.
 * @returns both counters including the withdrawal; the rows stay locked until the transaction ends
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
      day_start = case when ${isOtherDay(today)} then excluded.day_start else usage.day_start end,
      spent_mills = case when ${isOtherDay(today)} then 0 else usage.spent_mills end + excluded.spent_mills,
      withdrawals = case when ${isOtherDay(today)} then 0 else usage.withdrawals end + 1,
      declines = case when ${isOtherDay(today)} then 0 else usage.declines end
    returning client, in_flight_mills, day_start, spent_mills, withdrawals, declines`.execute(trx);
  const all = rows.find((each) => each.client === ALL_CLIENTS);
  const client = rows.find((each) => each.client === trade.steam_id);
  if (!client || !all) throw new Error(`the usage of client ${trade.steam_id} was not counted`);
  return { client, all };
}

/** The transfers of a client's items in one event. */
export interface ClientStep {
  readonly transfers: readonly NewTransfer[];
  readonly declines: number;
  readonly at: Date;
}

/**
 * Subtracts from the client's usage what leaves its locked money and what returns to the merchant, and counts declines.
 * Does nothing for a merchant's own trade. Call it before the transfers are booked, because the wallet is locked last.
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
  const rowsOfClient = sql`usage.merchant_id = ${trade.merchant_id} and usage.client in (${trade.steam_id}, ${ALL_CLIENTS})`;
  await sql`select client from client_usage as usage where ${rowsOfClient} order by client for update`.execute(trx);
  await sql`
    update client_usage as usage set
      in_flight_mills = greatest(usage.in_flight_mills - ${freed}::bigint, 0),
      day_start = case when ${isOtherDay(today)} then ${today}::timestamptz else usage.day_start end,
      spent_mills = case when ${isOtherDay(today)} then 0
        when usage.day_start = ${dayStartOf(trade.created_at)}::timestamptz
          then greatest(usage.spent_mills - ${to(AVAILABLE)}::bigint, 0)
        else usage.spent_mills end,
      withdrawals = case when ${isOtherDay(today)} then 0 else usage.withdrawals end,
      declines = case when ${isOtherDay(today)} then 0 else usage.declines end + ${declines}::int4
    where ${rowsOfClient}`.execute(trx);
}

const NONE: ClientUsage = { in_flight_mills: NOTHING, spent_mills: NOTHING, withdrawals: 0, declines: 0 };

/** The usage of a client, or of all clients, on the day of `at`. */
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
