import { appendFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';

/** Where calls are noted for `npm run docs:compatibility-used`, which says what no test has used; usually nowhere. */
const folder = process.env['RECORD_CALLS'];

/** What a test sent and how it was answered, by names only. */
export interface RecordedCall {
  readonly method: string;
  readonly path: string;
  readonly status: number;
  /** Names of the query's and the body's fields: `items[].price`. */
  readonly names: readonly string[];
}

export function recordCall(method: string, target: string, body: unknown, status: number): void {
  if (!folder) return;
  const { pathname, searchParams } = new URL(target, 'http://gateway');
  const names = [...searchParams.keys(), ...namesIn(body, '')];
  const call: RecordedCall = { method, path: pathname, status, names: [...new Set(names)] };
  mkdirSync(folder, { recursive: true });
  // A file for each process: tests run in several.
  appendFileSync(join(folder, `${process.pid}.jsonl`), `${JSON.stringify(call)}\n`);
}

function namesIn(value: unknown, prefix: string): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    const name = prefix + key;
    if (!Array.isArray(inner)) return [name, ...namesIn(inner, `${name}.`)];
    const entries = inner.flatMap((each) => (typeof each === 'object' ? namesIn(each, `${name}[].`) : [`${name}[]`]));
    return [name, ...entries];
  });
}
