import { type RawBuilder, sql } from 'kysely';
import type { Trx } from '../db/transaction.ts';
import type { BrokenRow, Proof, Rule } from './rule.ts';
import { endOfSlice, type Range, type SliceEnd, sliceRows, type Walk } from './walk.ts';

/** The result of one slice. */
export interface SliceResult extends SliceEnd {
  /** The first row of this slice that breaks each rule, by rule. */
  readonly broken: ReadonlyMap<string, BrokenRow>;
}

export interface Slice {
  readonly walk: Walk;
  /** Whose rows; null where the walk is of no merchant. */
  readonly merchantId: string | null;
  /** The key after which it starts; null: it is the first. */
  readonly after: unknown;
  readonly size: number;
  readonly now: Date;
}

/** Checks all rules of a walk for one slice. `trx` must see one snapshot throughout. */
export async function proveSlice(trx: Trx, proofs: readonly Proof[], slice: Slice): Promise<SliceResult> {
  const { walk, merchantId, after, size, now } = slice;
  const { rows: count, end } = await endOfSlice(trx, walk, slice, size);
  const broken = new Map<string, BrokenRow>();
  for (const proof of proofs) {
    const { rows } = await firstBroken(proof, walk, { merchantId, after, end }, now).execute(trx);
    for (const row of rows) {
      const rule = proof.rules.find((each) => each.name === row['broken_rule']);
      if (rule) broken.set(rule.name, shownOf(proof, rule, row));
    }
  }
  return { rows: count, end, broken };
}

/**
 * One row for each broken rule. The facts are materialized: with the conditions pushed into them, the planner would expect
 * few rows and choose a plan that takes quadratic time.
 */
function firstBroken(proof: Proof, walk: Walk, range: Range, now: Date): RawBuilder<BrokenRow> {
  const facts = proof.facts(now, sql`${range.merchantId}::uuid`);
  const names = proof.rules.map(({ name, broken }) => sql`case when ${broken} then ${sql.lit(name)} end`);
  const anyBroken = sql.join(
    proof.rules.map(({ broken }) => sql`(${broken})`),
    sql` or `,
  );
  return sql`
    with slice as materialized (${sliceRows(walk, range)}), facts as materialized (${facts})
    select distinct on (broken_rule) broken_rule, facts.*
    from facts cross join lateral unnest(array[${sql.join(names)}]) as broken_rule
    where (${anyBroken}) and broken_rule is not null
    order by broken_rule, ${sql.join(proof.ids.map((id) => sql.ref(id)))}`;
}

function shownOf(proof: Proof, rule: Rule, row: BrokenRow): BrokenRow {
  return Object.fromEntries([...proof.ids, ...rule.shows].map((column) => [column, row[column]]));
}
