import { bumpAuthVersion } from '../auth/auth-version.ts';
import { ORIGIN_LENGTH_MAX } from '../auth/client-origins.ts';
import { OperatorError } from '../core/operator-error.ts';
import { inTransaction } from '../db/transaction.ts';
import type { Deps } from '../deps.ts';
import { requireMerchant } from './operations.ts';

type OriginDeps = Pick<Deps, 'db' | 'clock' | 'secrets'>;

/** Enough for a shop and its staging servers. */
export const ORIGINS_MAX = 50;

/**
 * Parses an origin as browsers send it: scheme, host and any non-default port.
 * @throws OperatorError for any other text, including a path or `*`
 */
export function readOrigin(text: string): string {
  const url = URL.canParse(text) && text.length <= ORIGIN_LENGTH_MAX ? new URL(text) : null;
  const isOrigin = url !== null && /^https?:$/.test(url.protocol) && url.href === `${url.origin}/`;
  if (!isOrigin) {
    throw new OperatorError(`"${text}" is not an origin; write scheme and host, such as https://shop.example`);
  }
  return url.origin;
}

/** A merchant's origins, in the order of their addition. */
export async function listOrigins(deps: OriginDeps, merchantId: string): Promise<string[]> {
  await requireMerchant(deps, merchantId);
  const rows = await deps.db
    .selectFrom('client_origin')
    .select('origin')
    .where('merchant_id', '=', merchantId)
    .orderBy('created_at')
    .orderBy('origin')
    .execute();
  return rows.map(({ origin }) => origin);
}

/** Allows pages of an origin to read answers to the merchant's clients; effective on every node within 5 s. */
export async function addOrigin(deps: OriginDeps, merchantId: string, origin: string): Promise<string[]> {
  const before = await listOrigins(deps, merchantId);
  if (before.length >= ORIGINS_MAX && !before.includes(origin)) {
    throw new OperatorError(`a merchant can have at most ${ORIGINS_MAX} origins; remove one first`);
  }
  await inTransaction(deps, async (trx) => {
    await bumpAuthVersion(trx);
    await trx
      .insertInto('client_origin')
      .values({ merchant_id: merchantId, origin, created_at: deps.clock.now() })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  });
  return listOrigins(deps, merchantId);
}

/**
 * Replaces all of a merchant's origins; effective as an added and a removed one.
 * @param origins as `readOrigin` gives them
 * @throws OperatorError when there are too many
 */
export async function setOrigins(deps: OriginDeps, merchantId: string, origins: readonly string[]): Promise<string[]> {
  const wanted = [...new Set(origins)];
  if (wanted.length > ORIGINS_MAX) throw new OperatorError(`a merchant can have at most ${ORIGINS_MAX} origins`);
  await requireMerchant(deps, merchantId);
  const rows = wanted.map((origin) => ({ merchant_id: merchantId, origin, created_at: deps.clock.now() }));
  await inTransaction(deps, async (trx) => {
    await bumpAuthVersion(trx);
    await trx
      .deleteFrom('client_origin')
      .where('merchant_id', '=', merchantId)
      .$if(wanted.length > 0, (query) => query.where('origin', 'not in', wanted))
      .execute();
    if (rows.length === 0) return;
    await trx
      .insertInto('client_origin')
      .values(rows)
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  });
  return listOrigins(deps, merchantId);
}

/**
 * Removes an origin; effective on every node within 5 s, and in browsers with a cached preflight within ten minutes.
 * @throws OperatorError when the origin is not on the merchant's list
 */
export async function removeOrigin(deps: OriginDeps, merchantId: string, origin: string): Promise<string[]> {
  await requireMerchant(deps, merchantId);
  await inTransaction(deps, async (trx) => {
    await bumpAuthVersion(trx);
    const { numDeletedRows } = await trx
      .deleteFrom('client_origin')
      .where('merchant_id', '=', merchantId)
      .where('origin', '=', origin)
      .executeTakeFirstOrThrow();
    if (numDeletedRows === 0n) throw new OperatorError(`${origin} is not an origin of merchant ${merchantId}`);
  });
  return listOrigins(deps, merchantId);
}
