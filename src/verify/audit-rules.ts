import { sql } from 'kysely';
import { type Proof, rule } from './rule.ts';
import { auditEntries } from './walk.ts';

/** The audit trail, as `skinrail audit verify` reads it (`src/operators/trail.ts`), so that a fault of it raises the alert as well. */
export const auditProof: Proof = {
  walk: auditEntries,
  ids: ['number'],
  facts: () => sql`
    select slice.number, slice.digest, slice.number = 1 or before.number is not null as has_before, digest_of_text,
      not exists (select 1 from audit_entry later where later.number > slice.number) as is_last,
      head.number as number_of_head, head.digest as digest_of_head,
      case when slice.digest <> digest_of_text then true else
        (slice.body::jsonb ->> 'number')::bigint = slice.number and slice.body::jsonb ->> 'actor' = slice.actor
        and slice.body::jsonb ->> 'commandId' = slice.command_id::text and slice.body::jsonb ->> 'event' = slice.event
        and (slice.body::jsonb ->> 'at')::timestamptz = slice.at end as says_its_text
    from slice
    left join audit_entry before on before.number = slice.number - 1
    left join audit_head head on true
    cross join lateral (select encode(sha256(convert_to(
      coalesce(before.digest, repeat('0', 64)) || chr(10) || slice.body, 'UTF8')), 'hex') as digest_of_text) as text
    union all
    select 0, '', true, '', true, head.number, head.digest, true from audit_head head
    where head.number > 0 and not exists (select 1 from audit_entry)`,
  rules: [
    rule(
      'audit-entry-follows-the-one-before',
      'Each entry of the audit trail has the digest of its text and of the entry before, which is there.',
      ['has_before', 'digest', 'digest_of_text'],
      sql`not has_before or digest <> digest_of_text`,
    ),
    rule(
      'audit-columns-say-the-text',
      'The columns by which entries of the audit trail are searched say what the text of each says.',
      ['has_before', 'says_its_text'],
      sql`not says_its_text`,
    ),
    rule(
      'audit-trail-has-its-end',
      'The audit trail ends with the entry that was added last.',
      ['number_of_head', 'digest', 'digest_of_head'],
      sql`is_last and (number_of_head is distinct from number or digest_of_head is distinct from digest)`,
    ),
  ],
};
