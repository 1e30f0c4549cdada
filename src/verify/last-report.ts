import { decimal, toMills } from '../core/money.ts';
import type { Deps } from '../deps.ts';
import { type BrokenRule, lastRun } from './last-run.ts';
import type { BrokenRow } from './rule.ts';
import { rules } from './rules.ts';

/** What the last run has found of a rule. */
export interface RuleReport {
  readonly name: string;
  /** null: the run was another version's, and this one does not have the rule. */
  readonly sentence: string | null;
  /** The first row that breaks the rule, as it is stored; null: the rule held. */
  readonly row: BrokenRow | null;
}

export interface VerifyReport {
  readonly endedAt: Date;
  readonly durationMs: number;
  /** When a run has last found nothing; null: none has. */
  readonly cleanAt: Date | null;
  readonly rules: readonly RuleReport[];
}

/** The last completed run of `verify` on any node, with all rules; null: there was none. */
export async function lastReport(deps: Pick<Deps, 'db'>): Promise<VerifyReport | null> {
  const run = await lastRun(deps);
  if (!run?.ended_at) return null;
  // `endRun` writes it.
  const broken = Array.isArray(run.broken) ? (run.broken as readonly BrokenRule[]) : [];
  const rows = new Map(broken.map(({ rule, row }) => [rule, row]));
  const known = rules.map(({ name, sentence }) => ({ name, sentence, row: rows.get(name) ?? null }));
  const names = new Set(rules.map(({ name }) => name));
  const unknown = broken.flatMap(({ rule, row }) => (names.has(rule) ? [] : [{ name: rule, sentence: null, row }]));
  return {
    endedAt: run.ended_at,
    durationMs: run.duration_ms ?? 0,
    cleanAt: run.clean_at,
    rules: [...unknown, ...known],
  };
}

const UNIT = /_mills$/;

/**
 * A broken row for people: amounts as dollars, under the name of their column without its unit.
 * @param row with amounts as bigints or, as they are stored, as text
 */
export function plainRow(row: BrokenRow): Record<string, unknown> {
  return Object.fromEntries(Object.entries(row).map(([column, value]) => plainColumn(column, value)));
}

function plainColumn(column: string, value: unknown): [string, unknown] {
  const isAmount = typeof value === 'bigint' || (typeof value === 'string' && /^-?\d+$/.test(value));
  if (!UNIT.test(column) || !isAmount) return [column, value];
  return [column.replace(UNIT, ''), decimal(toMills(BigInt(value)))];
}
