import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { newApiSecret } from '../src/auth/keys.ts';
import type { Database } from '../src/db/connect.ts';
import { secrets } from './gateway.ts';

/** As many bytes as the trade of a common order has. */
const BODY = JSON.stringify({ trade: { padding: 'x'.repeat(1100) } });

/** Merchants with a callback URL, and trades without anything but their ids. @returns the merchants' ids */
export async function seedMerchants({ db }: Database, count: number, callbackUrl: string): Promise<string[]> {
  const merchants = Array.from({ length: count }, () => {
    const id = randomUUID();
    return { id, sealed: secrets.seal(newApiSecret(), { merchantId: id, purpose: 'api-secret' }) };
  });
  await sql`
    insert into merchant (id, name, callback_url, api_secret_sealed, created_at)
    select id, 'Bench', ${callbackUrl}::text, sealed, now()
    from jsonb_to_recordset(${JSON.stringify(merchants)}::jsonb) as given (id uuid, sealed text)`.execute(db);
  return merchants.map(({ id }) => id);
}

/** Each merchant's share of trades. */
export async function seedTrades({ db }: Database, merchants: readonly string[], perMerchant: number): Promise<void> {
  await sql`
    insert into trade (merchant_id, id, type, source, game, trade_url, steam_id, status, version, created_at, updated_at)
    select merchant_id, gen_random_uuid(), 'withdraw', 'self', '730', '', '', 'pending', 1, now(), now()
    from unnest(${merchants}::uuid[]) as merchants (merchant_id), generate_series(1, ${perMerchant}::integer)`.execute(
    db,
  );
}

/** Callbacks of every trade of these merchants, all due: as they queue up while no worker runs. */
export async function seedQueue({ db }: Database, merchants: readonly string[], perTrade: number): Promise<void> {
  await sql`
    insert into callback (merchant_id, id, trade_id, number, body, state, due_at, created_at)
    select merchant_id, gen_random_uuid(), id, number, ${BODY}::text, 'pending', now(), now()
    from trade, generate_series(1, ${perTrade}::integer) as number
    where merchant_id = any(${merchants}::uuid[])`.execute(db);
}

/** One more callback of some trade, with its number in the trade. */
export async function insertCallback(
  trx: Database['db'],
  callback: { merchantId: string; tradeId: string; id: string; number: number },
): Promise<void> {
  const now = new Date();
  await trx
    .insertInto('callback')
    .values({
      merchant_id: callback.merchantId,
      id: callback.id,
      trade_id: callback.tradeId,
      number: callback.number,
      body: BODY,
      state: 'pending',
      due_at: now,
      created_at: now,
    })
    .execute();
}
