import { sql } from 'kysely';
import type { Deps } from '../deps.ts';
import { decodePart, type FeedPart } from './batch.ts';

/** A batch as a reader has published it. */
export interface StoredBatch extends FeedPart {
  readonly version: bigint;
  /** The version that it changes; null: it is a whole. */
  readonly follows: bigint | null;
}

interface Range {
  readonly supplier: string;
  readonly isWhole: boolean;
  /** Without this version. */
  readonly after: bigint;
  readonly upTo: bigint;
}

interface PartRow {
  readonly version: bigint;
  readonly follows: bigint | null;
  readonly part: number;
  readonly parts: number;
  readonly body: Buffer;
}

/** Some megabytes at most. */
const PARTS_AT_ONCE = 30;
/** Behind all parts of a version. */
const LAST_PART = 2 ** 31 - 1;

/** The whole of a version; null: it was deleted, or cannot be read. */
export async function readWhole(
  deps: Pick<Deps, 'db'>,
  supplier: string,
  version: bigint,
): Promise<StoredBatch | null> {
  for await (const batch of batchesOf(deps, { supplier, isWhole: true, after: version - 1n, upTo: version }))
    return batch;
  return null;
}

/** The changes after a version, in their order. It ends early where one was deleted, or cannot be read. */
export function readChanges(
  deps: Pick<Deps, 'db'>,
  supplier: string,
  { after, upTo }: Pick<Range, 'after' | 'upTo'>,
): AsyncIterable<StoredBatch> {
  return batchesOf(deps, { supplier, isWhole: false, after, upTo });
}

async function* batchesOf(deps: Pick<Deps, 'db'>, range: Range): AsyncIterable<StoredBatch> {
  let read: FeedPart[] = [];
  let version: bigint | null = null;
  for await (const row of partsIn(deps, range)) {
    if (read.length === 0) version = row.version;
    // Old batches are deleted while others read them.
    if (row.version !== version || row.part !== read.length + 1) return;
    const part = await decodePart(row.body);
    if (!part) return;
    read.push(part);
    if (read.length < row.parts) continue;
    yield { version: row.version, follows: row.follows, ...joined(read) };
    read = [];
  }
}

function joined(parts: readonly FeedPart[]): FeedPart {
  const [first] = parts;
  if (first && parts.length === 1) return first;
  return { listings: parts.flatMap(({ listings }) => listings), gone: parts.flatMap(({ gone }) => gone) };
}

async function* partsIn({ db }: Pick<Deps, 'db'>, { supplier, isWhole, after, upTo }: Range): AsyncIterable<PartRow> {
  let at: Pick<PartRow, 'version' | 'part'> = { version: after, part: LAST_PART };
  for (;;) {
    const { rows } = await sql<PartRow>`
      select version, follows, part, parts, body from supplier_feed_batch
      where supplier = ${supplier} and version <= ${upTo} and is_whole = ${isWhole} and is_published
        and (version, part) > (${at.version}::bigint, ${at.part}::int4)
      order by version, part limit ${sql.lit(PARTS_AT_ONCE)}`.execute(db);
    yield* rows;
    const last = rows.at(-1);
    if (!last || rows.length < PARTS_AT_ONCE) return;
    at = last;
  }
}
