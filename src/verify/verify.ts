import type { Db } from '../db/connect.ts';
import type { Trx } from '../db/transaction.ts';
import { proveSlice, type Slice, type SliceResult } from './prove-slice.ts';
import type { BrokenRow } from './rule.ts';
import { proofs, rules } from './rules.ts';
import { nextMerchants, trades, type Walk } from './walk.ts';

export interface RuleResult {
  readonly name: string;
  readonly sentence: string;
  /** The first row that breaks the rule, with its ids; null: the rule holds. */
  readonly broken: BrokenRow | null;
}

/** A completed batch. */
export interface Batch {
  readonly table: Walk['table'];
  /** Rows of this table checked so far. */
  readonly rows: number;
  readonly tookMs: number;
}

export interface VerifyOptions {
  /** Rows per batch; absent: as many as can be checked in about a tenth of a second. */
  readonly batchSize?: number;
  /** Called after each batch, outside its transaction. The next batch waits for it. An error ends the run. */
  readonly onBatch?: (batch: Batch) => Promise<void> | void;
  /** How many batches run at the same time, each on its own connection; absent: one. */
  readonly lanes?: number;
}

/** Runs reads that must all see the same state of the database. */
export type Snapshot = <T>(read: (trx: Trx) => Promise<T>) => Promise<T>;

/**
 * Long enough that the overhead of a batch is small. Short enough for the gateway, which waits for the batch on the embedded
 * database, and for PostgreSQL, which cannot vacuum dead rows while the snapshot is open.
 */
const BATCH_TARGET_MS = 100;
const BATCH_ROWS_MAX = 16_384;

/** The run ended early, so rules that are not listed here may be broken as well. */
export class VerifyInterrupted extends Error {
  override name = 'VerifyInterrupted';

  constructor(broken: readonly string[], cause: unknown) {
    const why = cause instanceof Error ? cause.message : String(cause);
    const until = broken.length === 0 ? '' : `; broken rules found so far: ${broken.join(', ')}`;
    super(`verify was interrupted, so the database is NOT verified: ${why}${until}`, { cause });
  }
}

/**
 * Checks every rule for the whole database, in batches. Each batch sees one snapshot, and a transaction of the gateway is
 * never split between batches, so it can run beside a busy gateway.
 * @throws VerifyInterrupted when a batch cannot be read, or `onBatch` throws
 */
export async function verify(db: Db, now: Date, options: VerifyOptions = {}): Promise<RuleResult[]> {
  const transaction = db.transaction().setIsolationLevel('repeatable read').setAccessMode('read only');
  return prove((read) => transaction.execute(read), now, options);
}

/** Like `verify`, with reads through `snapshot`. */
export async function prove(snapshot: Snapshot, now: Date, options: VerifyOptions = {}): Promise<RuleResult[]> {
  const found = new Map<string, BrokenRow>();
  try {
    await inLanes(options.lanes ?? 1, [...longestFirst], (walk) => proveWalk(walk, snapshot, now, options, found));
  } catch (error) {
    throw new VerifyInterrupted([...found.keys()], error);
  }
  return rules.map(({ name, sentence }) => ({ name, sentence, broken: found.get(name) ?? null }));
}

/** Walks sorted by the amount of work. */
const longestFirst: ReadonlySet<Walk> = new Set([trades, ...proofs.map((proof) => proof.walk)]);

/** Runs `work` for each element, at most `lanes` at a time. After an error the running ones end and no more start. */
async function inLanes<T>(lanes: number, all: T[], work: (each: T) => Promise<void>): Promise<void> {
  const lane = async () => {
    try {
      for (let next = all.shift(); next !== undefined; next = all.shift()) await work(next);
    } catch (error) {
      all.length = 0;
      throw error;
    }
  };
  const ended = await Promise.allSettled(Array.from({ length: lanes }, lane));
  for (const each of ended) if (each.status === 'rejected') throw each.reason;
}

async function proveWalk(
  walk: Walk,
  snapshot: Snapshot,
  now: Date,
  options: VerifyOptions,
  found: Map<string, BrokenRow>,
): Promise<void> {
  const proving: Proving = { walk, snapshot, now, options, found, size: options.batchSize ?? walk.size, rows: 0 };
  if (walk.merchant === null) return proveRows(proving, null);
  let after: string | null = null;
  do {
    const from: string | null = after;
    const merchants: readonly string[] = await snapshot((trx) => nextMerchants(trx, from));
    for (const merchantId of merchants) await proveRows(proving, merchantId);
    after = merchants.at(-1) ?? null;
  } while (after !== null);
}

interface Proving {
  readonly walk: Walk;
  readonly snapshot: Snapshot;
  readonly now: Date;
  readonly options: VerifyOptions;
  readonly found: Map<string, BrokenRow>;
  /** Of the next slice. */
  size: number;
  /** How many rows were proved. */
  rows: number;
}

/** Proves the rows of one merchant; null: those of a walk that is of no merchant. */
async function proveRows(proving: Proving, merchantId: string | null): Promise<void> {
  const { walk, snapshot, now, options, found } = proving;
  const ours = proofs.filter((proof) => proof.walk === walk);
  let after: unknown = null;
  do {
    const slice: Slice = { walk, merchantId, after, size: proving.size, now };
    const started = performance.now();
    const { end, rows, broken }: SliceResult = await snapshot((trx) => proveSlice(trx, ours, slice));
    const tookMs = performance.now() - started;
    for (const [name, row] of broken) if (!found.has(name)) found.set(name, row);
    proving.rows += rows;
    after = end;
    if (options.batchSize === undefined) proving.size = nextSize(proving.size, tookMs);
    await options.onBatch?.({ table: walk.table, rows: proving.rows, tookMs });
  } while (after !== null);
}

/** Doubles or halves the batch size by the time of the last batch, because the cost of a row varies. */
function nextSize(size: number, tookMs: number): number {
  if (tookMs > BATCH_TARGET_MS) return Math.max(1, size / 2);
  return tookMs < BATCH_TARGET_MS / 2 ? Math.min(BATCH_ROWS_MAX, size * 2) : size;
}
