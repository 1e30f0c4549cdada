/** One deliberate fault: texts of the program that are replaced by others. */
export interface Mutation {
  readonly name: string;
  /** What the program does wrong with it. */
  readonly fault: string;
  readonly edits: readonly Edit[];
  /** The test files that concern it, cheapest first; asked before the suites that concern everything. */
  readonly tests: readonly string[];
}

export interface Edit {
  readonly file: string;
  /** Must be there exactly once. */
  readonly find: string;
  readonly replace: string;
}

/** @throws Error when the text is not there exactly once: the program has changed, and the mutation must follow */
export function mutate(source: string, { file, find, replace }: Edit): string {
  const [before, after, ...more] = source.split(find);
  if (before === undefined || after === undefined || more.length > 0) {
    const times = source.split(find).length - 1;
    throw new Error(`${file} holds this text ${times} times, not once:\n${find}`);
  }
  return before + replace + after;
}
