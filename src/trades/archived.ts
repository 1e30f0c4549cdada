import type { Db } from '../db/connect.ts';
import { ofAllMerchants } from '../db/portable.ts';
import type { Trx } from '../db/transaction.ts';
import type { ExternalIdOwner } from './queries.ts';

/** What is known of trades that were archived and removed (`src/retention`). */

/** Whether an archived trade of the owner has the externalId: it is never used again. */
export async function isExternalIdArchived(
  db: Db | Trx,
  { merchantId, steamId }: ExternalIdOwner,
  externalId: string,
): Promise<boolean> {
  const row = await db
    .selectFrom('archived_trade')
    .select('id')
    .where('merchant_id', '=', merchantId)
    .where('external_id', '=', externalId)
    .where('owner', '=', steamId ?? '')
    .executeTakeFirst();
  return row !== undefined;
}

/** Those of a merchant's trade ids whose trades are archived. */
export async function archivedIds(
  db: Db | Trx,
  merchantId: string,
  ids: readonly string[],
): Promise<ReadonlySet<string>> {
  if (ids.length === 0) return new Set();
  const rows = await db
    .selectFrom('archived_trade')
    .select('id')
    .where('merchant_id', '=', merchantId)
    .where('id', 'in', [...ids])
    .execute();
  return new Set(rows.map(({ id }) => id));
}

/** Before this time purchases may have been archived, so that books of marketplaces cannot be compared; null: none are. */
export async function archivedBefore(db: Db): Promise<Date | null> {
  const row = await db
    .selectFrom('archive_file')
    .modifyFront(ofAllMerchants)
    .select(({ fn }) => fn.max('ended_before').as('before'))
    .executeTakeFirst();
  return row?.before ?? null;
}

/** The file of the archive with a trade that was removed, below the folder of archives; null: the trade was not removed. */
export async function archiveOfTrade(db: Db, id: string): Promise<string | null> {
  const row = await db
    .selectFrom('merchant')
    .innerJoin('archived_trade', 'archived_trade.merchant_id', 'merchant.id')
    .modifyFront(ofAllMerchants)
    .innerJoin('archive_file', (join) =>
      join
        .onRef('archive_file.merchant_id', '=', 'archived_trade.merchant_id')
        .onRef('archive_file.id', '=', 'archived_trade.archive_id'),
    )
    .select('archive_file.name')
    .where('archived_trade.id', '=', id)
    .executeTakeFirst();
  return row?.name ?? null;
}
