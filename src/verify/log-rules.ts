import { sql } from 'kysely';
import { type Proof, rule } from './rule.ts';
import { merchants } from './walk.ts';

/** A merchant's log of events compared with its last number. Only both ends are read. */
export const logProof: Proof = {
  walk: merchants,
  ids: ['merchant_id'],
  facts: () => sql`
    select slice.id as merchant_id, slice.events_numbered, log.*
    from slice cross join lateral (
      select min(position) as first_position, max(position) as last_position
      from callback where merchant_id = slice.id and position is not null
    ) as log`,
  rules: [
    rule(
      'log-ends-at-its-count',
      'A merchant’s log of events starts at one and ends at its last assigned number.',
      ['events_numbered', 'first_position', 'last_position'],
      sql`coalesce(last_position, 0) <> events_numbered or first_position <> 1`,
    ),
  ],
};
