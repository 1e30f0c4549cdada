import { join } from 'node:path';
import type { Db } from '../db/connect.ts';
import { ofAllMerchants } from '../db/portable.ts';
import type { Deps } from '../deps.ts';
import { digestOf, readArchive } from './archive-file.ts';
import { requireArchiveFolder } from './policy.ts';

/** A file or a balance that is not what the database says of it. */
export interface ArchiveFault {
  readonly of: string;
  readonly fault: string;
}

export interface ArchiveCheck {
  readonly files: number;
  readonly trades: number;
  readonly faults: readonly ArchiveFault[];
}

const FILES_MAX = 500;

/**
 * Reads every recorded archive, and compares the sum of the transfers of the removed trades with the balances that are carried
 * over. `verify` proves the balances from what is carried; this proves what is carried from the files.
 * @param onFile called before each file
 */
export async function checkArchives(
  { db, config }: Pick<Deps, 'db' | 'config'>,
  onFile: (name: string) => void,
): Promise<ArchiveCheck> {
  const folder = requireArchiveFolder(config);
  const faults: ArchiveFault[] = [];
  let [files, trades] = [0, 0];
  const moved = new Map<string, bigint>();
  for await (const file of recordedFiles(db)) {
    onFile(file.name);
    files++;
    trades += file.removed;
    const fault = await faultOf(db, folder, file, moved);
    if (fault !== null) faults.push({ of: file.name, fault });
  }
  if (faults.length === 0) faults.push(...(await wrongBalances(db, moved)));
  return { files, trades, faults };
}

interface RecordedFile {
  readonly merchant_id: string;
  readonly id: string;
  readonly name: string;
  readonly sha256: string;
  readonly removed: number;
}

async function* recordedFiles(db: Db): AsyncGenerator<RecordedFile> {
  let after: RecordedFile | undefined;
  for (;;) {
    let query = db
      .selectFrom('archive_file')
      .modifyFront(ofAllMerchants)
      .select(['merchant_id', 'id', 'name', 'sha256', 'removed'])
      .orderBy('merchant_id')
      .orderBy('id')
      .limit(FILES_MAX);
    if (after) {
      const { merchant_id, id } = after;
      query = query.where(({ eb, refTuple, tuple }) => eb(refTuple('merchant_id', 'id'), '>', tuple(merchant_id, id)));
    }
    const rows = await query.execute();
    yield* rows;
    after = rows.at(-1);
    if (rows.length < FILES_MAX) return;
  }
}

async function faultOf(db: Db, folder: string, file: RecordedFile, moved: Map<string, bigint>): Promise<string | null> {
  const path = join(folder, file.name);
  try {
    if ((await digestOf(path)) !== file.sha256) return 'it is not the file that was written';
    const removed = await removedTrades(db, file);
    const found = await addTransfers(path, file.merchant_id, removed, moved);
    return found === removed.size ? null : `it has ${found} of the ${removed.size} trades that were removed`;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** A file can have trades that were not removed then, because they had changed. */
async function removedTrades(db: Db, { merchant_id, id }: RecordedFile): Promise<ReadonlySet<string>> {
  const rows = await db
    .selectFrom('archived_trade')
    .select('id')
    .where('merchant_id', '=', merchant_id)
    .where('archive_id', '=', id)
    .execute();
  return new Set(rows.map((row) => row.id));
}

interface ArchivedRow {
  readonly id?: string;
  readonly trade_id?: string;
  readonly from_account?: string;
  readonly to_account?: string;
  readonly amount_mills?: number;
}

/** @returns how many of the removed trades the file has */
async function addTransfers(
  path: string,
  merchantId: string,
  removed: ReadonlySet<string>,
  moved: Map<string, bigint>,
): Promise<number> {
  let found = 0;
  for await (const line of readArchive(path)) {
    // Written by `readRows`, whose digest was compared. Amounts are below 2^53 thousandths of a dollar.
    const { table, row } = JSON.parse(line) as { table?: string; row?: ArchivedRow };
    if (table === 'trade' && removed.has(row?.id ?? '')) found++;
    if (table !== 'transfer' || !removed.has(row?.trade_id ?? '')) continue;
    add(moved, `${merchantId} ${row?.to_account}`, BigInt(row?.amount_mills ?? 0));
    add(moved, `${merchantId} ${row?.from_account}`, -BigInt(row?.amount_mills ?? 0));
  }
  return found;
}

function add(moved: Map<string, bigint>, account: string, mills: bigint): void {
  moved.set(account, (moved.get(account) ?? 0n) + mills);
}

async function wrongBalances(db: Db, moved: ReadonlyMap<string, bigint>): Promise<ArchiveFault[]> {
  const rows = await db.selectFrom('carried_balance').modifyFront(ofAllMerchants).selectAll().execute();
  const carried = new Map(rows.map((row) => [`${row.merchant_id} ${row.account}`, BigInt(row.balance_mills)]));
  const accounts = new Set([...carried.keys(), ...moved.keys()]);
  return [...accounts].flatMap((account) => {
    const [has, should] = [carried.get(account) ?? 0n, moved.get(account) ?? 0n];
    return has === should
      ? []
      : [{ of: `account ${account}`, fault: `carries ${has} thousandths of a dollar, the archives ${should}` }];
  });
}
