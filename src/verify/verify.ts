import { sql } from 'kysely';
import type { Db } from '../db/connect.ts';
import type { Trx } from '../db/transaction.ts';
import type { BrokenRow } from './rule.ts';
import { rules } from './rules.ts';

export interface RuleResult {
  readonly name: string;
  readonly sentence: string;
  /** One row that breaks the rule, with its ids; null: the rule holds. */
  readonly broken: BrokenRow | null;
}

/**
 * Proves every rule over the whole database. All of them see one snapshot, so it may run beside a busy gateway: the
 * embedded database lets nothing else in meanwhile, PostgreSQL keeps the snapshot for the transaction.
 */
export async function verify(db: Db, now: Date): Promise<RuleResult[]> {
  const snapshot = db.transaction().setIsolationLevel('repeatable read').setAccessMode('read only');
  return snapshot.execute((trx) => prove(trx, now));
}

/** As `verify`, on what `trx` sees. */
export async function prove(trx: Trx, now: Date): Promise<RuleResult[]> {
  const results: RuleResult[] = [];
  for (const { name, sentence, broken } of rules) {
    // Materialized, so that it is planned for all rows: for one, PostgreSQL would hope to meet a broken row soon, and
    // choose a plan that is quadratic when there is none.
    const found = sql<BrokenRow>`with broken as materialized (${broken(now)}) select * from broken limit 1`;
    const { rows } = await found.execute(trx);
    results.push({ name, sentence, broken: rows[0] ?? null });
  }
  return results;
}
