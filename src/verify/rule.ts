import { type RawBuilder, sql } from 'kysely';
import { allItemStates, type ItemState, isTerminal } from '../trades/states.ts';

/** The ids of a row that breaks a rule, and what was found there. */
export type BrokenRow = Readonly<Record<string, unknown>>;

/** Something that is true of the whole database at any moment. */
export interface Rule {
  readonly name: string;
  readonly sentence: string;
  /** Selects the rows that break it. Set-based, and without an order: any one of them is enough. */
  readonly broken: (now: Date) => RawBuilder<BrokenRow>;
}

export function rule(name: string, sentence: string, broken: Rule['broken']): Rule {
  return { name, sentence, broken };
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
