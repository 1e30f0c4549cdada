import { sql } from 'kysely';
import { type Proof, rule } from './rule.ts';
import { merchants } from './walk.ts';

/** A merchant's log of events compared with its last number, and with how many events were archived with their trades. */
export const logProof: Proof = {
  walk: merchants,
  ids: ['merchant_id'],
  facts: (_now, merchant) => sql`
    select slice.id as merchant_id, slice.events_numbered, log.*, archived.events_removed
    from slice cross join lateral (
      select min(position) as first_position, max(position) as last_position, count(position) as positions
      from callback where merchant_id = ${merchant} and position is not null
    ) as log
    cross join lateral (
      select coalesce(sum(events_removed), 0)::bigint as events_removed from archive_file where merchant_id = ${merchant}
    ) as archived`,
  rules: [
    rule(
      'log-ends-at-its-count',
      'A merchant’s log of events has every number from one to its last assigned one, but for events of archived trades.',
      ['events_numbered', 'first_position', 'last_position', 'positions', 'events_removed'],
      sql`positions + events_removed <> events_numbered or first_position < 1 or last_position > events_numbered
        or events_removed = 0 and coalesce(last_position, 0) <> events_numbered`,
    ),
  ],
};
