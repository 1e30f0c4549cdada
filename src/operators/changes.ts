import { isDeepStrictEqual } from 'node:util';

/** A value of something that an operator has changed. */
export interface Change {
  /** `merchant 0199…`. */
  readonly of: string;
  readonly field: string;
  /** null: there was none. */
  readonly before: unknown;
  readonly after: unknown;
}

/** What is known of something, as an operator may see it: JSON values by name. */
export type State = Readonly<Record<string, unknown>>;

/** A longer value is cut: the trail says that it has changed. */
const VALUE_MAX = 2000;

/** How two states differ, by name. */
export function changesBetween(of: string, before: State, after: State): Change[] {
  const fields = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  return fields.flatMap((field) => {
    const [old, now] = [toJson(before[field]), toJson(after[field])];
    return isDeepStrictEqual(old, now) ? [] : [{ of, field, before: shortened(old), after: shortened(now) }];
  });
}

/** As it is written: bigints as text, times in UTC. */
function toJson(value: unknown): unknown {
  if (value === undefined || value === null) return null;
  return JSON.parse(JSON.stringify(value, (_, part) => (typeof part === 'bigint' ? String(part) : part)));
}

function shortened(value: unknown): unknown {
  const text = JSON.stringify(value);
  return text.length > VALUE_MAX ? `${text.slice(0, VALUE_MAX)}…` : value;
}
