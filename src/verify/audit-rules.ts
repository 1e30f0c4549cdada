import { sql } from 'kysely';
import { type Proof, rule } from './rule.ts';
import { auditEntries } from './walk.ts';

/** The audit trail, as `skinrail audit verify` reads it (`src/operators/trail.ts`), so that a fault of it raises the alert as well. */
export const auditProof: Proof = {
  walk: auditEntries,
  ids: ['number'],
  facts: () => sql`
    select slice.number, slice.digest, slice.number = 1 or before.number is not null as has_before,
      encode(sha256(convert_to(coalesce(before.digest, repeat('0', 64)) || chr(10) || slice.body, 'UTF8')), 'hex') as digest_of_text,
      not exists (select from audit_entry later where later.number > slice.number) as is_last,
      head.number as number_of_head, head.digest as digest_of_head
    from slice
    left join audit_entry before on before.number = slice.number - 1
    left join audit_head head on true`,
  rules: [
    rule(
      'audit-entry-follows-the-one-before',
      'Each entry of the audit trail has the digest of its text and of the entry before, which is there.',
      ['has_before', 'digest', 'digest_of_text'],
      sql`not has_before or digest <> digest_of_text`,
    ),
    rule(
      'audit-trail-has-its-end',
      'The audit trail ends with the entry that was added last.',
      ['number_of_head', 'digest', 'digest_of_head'],
      sql`is_last and (number_of_head is distinct from number or digest_of_head is distinct from digest)`,
    ),
  ],
};
