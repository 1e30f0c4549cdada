import type { ApiKeyRow, MerchantRow } from '../db/tables.ts';
import type { Deps } from '../deps.ts';

type ReadDeps = Pick<Deps, 'db'>;

/** Which part of a list is read. Ids grow with time, and lists have the newest first. */
export interface PageOf {
  /** The id of the last row of the page before. */
  readonly after?: string | undefined;
  readonly limit: number;
}

/** @returns undefined when there is no such merchant */
export function findMerchant({ db }: ReadDeps, merchantId: string): Promise<MerchantRow | undefined> {
  return db.selectFrom('merchant').selectAll().where('id', '=', merchantId).executeTakeFirst();
}

/**
 * A page of merchants, newest first.
 * @param text a part of a name, or an id; absent: all
 */
export function searchMerchants(
  { db }: ReadDeps,
  { text = '', after, limit }: PageOf & { readonly text?: string | undefined },
): Promise<MerchantRow[]> {
  const wanted = text.trim();
  const pattern = `%${wanted.replaceAll(/[\\%_]/g, '\\$&')}%`;
  // Ids are compared as text, since a search names a part of one as well.
  return db
    .selectFrom('merchant')
    .selectAll()
    .$if(after !== undefined, (query) => query.where('id', '<', after ?? ''))
    .$if(wanted !== '', (query) =>
      query.where(({ or, eb, cast }) => or([eb('name', 'ilike', pattern), eb(cast('id', 'text'), 'ilike', pattern)])),
    )
    .orderBy('id', 'desc')
    .limit(limit)
    .execute();
}

/** The names of merchants by id. */
export async function namesOfMerchants({ db }: ReadDeps, ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
  if (ids.length === 0) return new Map();
  const rows = await db
    .selectFrom('merchant')
    .select(['id', 'name'])
    .where('id', 'in', [...new Set(ids)])
    .execute();
  return new Map(rows.map(({ id, name }) => [id, name]));
}

/** A page of a merchant's keys, newest first. */
export function newestKeys({ db }: ReadDeps, merchantId: string, { after, limit }: PageOf): Promise<ApiKeyRow[]> {
  return db
    .selectFrom('api_key')
    .selectAll()
    .where('merchant_id', '=', merchantId)
    .$if(after !== undefined, (query) => query.where('id', '<', after ?? ''))
    .orderBy('id', 'desc')
    .limit(limit)
    .execute();
}

/** @returns undefined when there is no such key */
export function findKey({ db }: ReadDeps, keyId: string): Promise<ApiKeyRow | undefined> {
  return db.selectFrom('api_key').selectAll().where('id', '=', keyId).executeTakeFirst();
}
