import { sql } from 'kysely';
import type { Database } from '../src/db/connect.ts';
import { verify } from '../src/verify/verify.ts';

/** What must be true of the gateway's database after the run, beside every rule that is always true. */
export interface Expected {
  /** Cancels that were answered 200 and that the supplier has not confirmed yet. */
  readonly accepted: number;
  /** Cancels whose refund was told. */
  readonly settled: number;
}

/** @returns what is wrong, in words; empty when the database holds what was answered, and the books are right */
export async function checkAfterwards({ db }: Database, expected: Expected): Promise<string[]> {
  const { rows } = await sql<Record<'accepted' | 'settled' | 'other' | 'refunds', number>>`
    select
      (select count(*)::int from cancellation where state = 'accepted') as accepted,
      (select count(*)::int from cancellation where state = 'settled') as settled,
      (select count(*)::int from cancellation where state not in ('accepted', 'settled')) as other,
      (select count(*)::int from transfer where kind = 'refund') as refunds`.execute(db);
  const [found] = rows;
  if (!found) return ['the database could not be read'];
  const broken = (await verify(db, new Date())).filter((rule) => rule.broken !== null);
  return [
    ...difference('accepted cancels', found.accepted, expected.accepted),
    ...difference('settled cancels', found.settled, expected.settled),
    ...difference('cancels in other states', found.other, 0),
    ...difference('refunds', found.refunds, expected.settled),
    ...broken.map(
      ({ name, sentence, broken }) => `${name}: ${sentence} Broken by ${JSON.stringify(broken, bigintText)}`,
    ),
  ];
}

function difference(what: string, found: number, expected: number): string[] {
  return found === expected ? [] : [`${what}: ${found} in the database, ${expected} were answered`];
}

function bigintText(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value;
}
