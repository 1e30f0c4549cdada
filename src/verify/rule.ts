import { type RawBuilder, sql } from 'kysely';
import { allItemStates, type ItemState, isTerminal } from '../core/item-states.ts';
import type { Walk } from './walk.ts';

/** The ids of a row that breaks a rule, and what was found there. */
export type BrokenRow = Readonly<Record<string, unknown>>;

/** Something that is true of the whole database at any moment. */
export interface Rule {
  readonly name: string;
  readonly sentence: string;
  /** A condition on the proof's facts, true where the rule is broken; null counts as kept. */
  readonly broken: RawBuilder<unknown>;
  /** The facts that are shown of a broken row, beside the proof's ids. */
  readonly shows: readonly string[];
}

/**
 * Rules that are proved together, from facts that are gathered once: what one slice of a walk, and the rows that
 * belong to it, say.
 */
export interface Proof {
  readonly walk: Walk;
  /** The columns that name a row of facts; the first broken row is the first by them. */
  readonly ids: readonly string[];
  /** A select that reads the slice as the table `slice`. */
  readonly facts: (now: Date) => RawBuilder<unknown>;
  readonly rules: readonly Rule[];
}

export function rule(name: string, sentence: string, shows: readonly string[], broken: RawBuilder<unknown>): Rule {
  return { name, sentence, shows, broken };
}

const inFlightStates = allItemStates.filter((state) => !isTerminal(state));

/** A list of words for `in (…)`. */
export function words(list: readonly string[]): RawBuilder<unknown> {
  return sql.join(list.map((word) => sql.lit(word)));
}

/** The states of items that are under way. */
export const inFlight = words(inFlightStates);

export const terminal = words(allItemStates.filter(isTerminal));

/** States that only an item can reach that was bought. */
export const afterBuying = words(['active', 'hold', 'completed', 'declined', 'reverted'] satisfies ItemState[]);
