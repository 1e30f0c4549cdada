import type { Db } from '../db/connect.ts';
import type { Trx } from '../db/transaction.ts';
import { proveSlice, type Slice, type SliceResult } from './prove-slice.ts';
import type { BrokenRow } from './rule.ts';
import { proofs, rules } from './rules.ts';
import { type Position, trades, type Walk } from './walk.ts';

export interface RuleResult {
  readonly name: string;
  readonly sentence: string;
  /** The first row that breaks the rule, with its ids; null: the rule holds. */
  readonly broken: BrokenRow | null;
}

/** A batch that was proved. */
export interface Batch {
  readonly table: Walk['table'];
  /** Rows of this table that were walked so far; a few too many at the end. */
  readonly rows: number;
  readonly tookMs: number;
}

export interface VerifyOptions {
  /** Rows of every batch; absent: as many as are proved in about a tenth of a second. */
  readonly batchSize?: number;
  /** Called after each batch, outside its transaction; the next one waits for it. Throwing ends the run. */
  readonly onBatch?: (batch: Batch) => Promise<void> | void;
  /** How many batches are proved at the same time, on a connection each; absent: one. */
  readonly lanes?: number;
}

/** Runs reads that must all see one state of the database. */
export type Snapshot = <T>(read: (trx: Trx) => Promise<T>) => Promise<T>;

/**
 * Long enough that beginning a batch costs little, short enough that nobody notices: on the embedded database the
 * gateway waits for it, and on PostgreSQL its snapshot keeps dead rows from being cleaned up.
 */
const BATCH_TARGET_MS = 100;
const BATCH_ROWS_MAX = 16_384;

/** The run ended before everything was proved, so it says nothing of what is not named here. */
export class VerifyInterrupted extends Error {
  override name = 'VerifyInterrupted';

  constructor(broken: readonly string[], cause: unknown) {
    const why = cause instanceof Error ? cause.message : String(cause);
    const until = broken.length === 0 ? '' : `; found broken until then: ${broken.join(', ')}`;
    super(`verify was interrupted, so the database is NOT proved: ${why}${until}`, { cause });
  }
}

/**
 * Proves every rule over the whole database, batch by batch. Each batch sees one snapshot and ends where a step of the
 * gateway does, so it may run beside a busy gateway; no batch looks at more than a slice.
 * @throws VerifyInterrupted when a batch cannot be read, or `onBatch` throws
 */
export async function verify(db: Db, now: Date, options: VerifyOptions = {}): Promise<RuleResult[]> {
  const transaction = db.transaction().setIsolationLevel('repeatable read').setAccessMode('read only');
  return prove((read) => transaction.execute(read), now, options);
}

/** As `verify`, on what `snapshot` lets it see. */
export async function prove(snapshot: Snapshot, now: Date, options: VerifyOptions = {}): Promise<RuleResult[]> {
  const found = new Map<string, BrokenRow>();
  try {
    await inLanes(options.lanes ?? 1, [...longestFirst], (walk) => proveWalk(walk, snapshot, now, options, found));
  } catch (error) {
    throw new VerifyInterrupted([...found.keys()], error);
  }
  return rules.map(({ name, sentence }) => ({ name, sentence, broken: found.get(name) ?? null }));
}

/** By how much there is to prove along each. */
const longestFirst: ReadonlySet<Walk> = new Set([trades, ...proofs.map((proof) => proof.walk)]);

/** Does the work on each, so many at a time. When one fails, those under way end, and no more is begun. */
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
  { batchSize, onBatch }: VerifyOptions,
  found: Map<string, BrokenRow>,
): Promise<void> {
  const ours = proofs.filter((proof) => proof.walk === walk);
  let size = batchSize ?? walk.size;
  let rows = 0;
  let after: Position = null;
  do {
    const slice: Slice = { walk, after, size, now };
    const started = performance.now();
    const { end, broken }: SliceResult = await snapshot((trx) => proveSlice(trx, ours, slice));
    const tookMs = performance.now() - started;
    for (const [name, row] of broken) if (!found.has(name)) found.set(name, row);
    rows += size;
    after = end;
    if (batchSize === undefined) size = nextSize(size, tookMs);
    await onBatch?.({ table: walk.table, rows, tookMs });
  } while (after !== null);
}

/** Twice or half as many, by how long the last batch took: what a row costs depends on the machine and its rows. */
function nextSize(size: number, tookMs: number): number {
  if (tookMs > BATCH_TARGET_MS) return Math.max(1, size / 2);
  return tookMs < BATCH_TARGET_MS / 2 ? Math.min(BATCH_ROWS_MAX, size * 2) : size;
}
