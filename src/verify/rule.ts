import { type RawBuilder, sql } from 'kysely';
import { allItemStates, type ItemState, isTerminal } from '../core/item-states.ts';
import type { Walk } from './walk.ts';

/** The ids of a row that breaks a rule, and its facts. */
export type BrokenRow = Readonly<Record<string, unknown>>;

/** A condition that holds for the whole database at any time. */
export interface Rule {
  readonly name: string;
  readonly sentence: string;
  /** A condition on the proof's facts that is true when the rule is broken; null means that the rule holds. */
  readonly broken: RawBuilder<unknown>;
  /** The facts that are shown for a broken row, in addition to the proof's ids. */
  readonly shows: readonly string[];
}

/**
 * Rules that are checked together. They share the facts that one query reads for a slice of a walk and its related rows.
 */
export interface Proof {
  readonly walk: Walk;
  /** The columns that identify a row of facts; the first broken row is the first in their order. */
  readonly ids: readonly string[];
  /**
   * A select that reads the slice as the table `slice`.
   * @param merchant the id of the merchant whose rows the slice has, which each table is asked for: a distributed engine
   *   then reads them all on one worker
   */
  readonly facts: (now: Date, merchant: RawBuilder<unknown>) => RawBuilder<unknown>;
  readonly rules: readonly Rule[];
}

export function rule(name: string, sentence: string, shows: readonly string[], broken: RawBuilder<unknown>): Rule {
  return { name, sentence, shows, broken };
}

const inFlightStates = allItemStates.filter((state) => !isTerminal(state));

/** A list of SQL literals for `in (…)`. */
export function literals(list: readonly string[]): RawBuilder<unknown> {
  return sql.join(list.map((word) => sql.lit(word)));
}

/** The states of items in flight. */
export const inFlight = literals(inFlightStates);

export const terminal = literals(allItemStates.filter(isTerminal));

/** States that only an item that was bought can reach. */
export const afterBuying = literals(['active', 'hold', 'completed', 'declined', 'reverted'] satisfies ItemState[]);
