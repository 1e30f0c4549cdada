import { api, dataOf } from '../../api/client.ts';
import type { AuditCommand, AuditFinding, operations } from '../../api/schema.d.ts';
import { type CursorQuery, useCursorList } from '../../shared/cursor-list.tsx';

export type { AuditCommand, AuditFinding };
export type Change = AuditCommand['changes'][number];

/** Of the file; the list has pages as well. */
type Query = NonNullable<operations['getAuditCsv']['parameters']['query']>;

const PAGE = 50;

/** @param operator absent: of all */
export function queryOf(operator: string | undefined): Query {
  return operator ? { operator } : {};
}

export function useAudit(filters: Query): CursorQuery<AuditCommand> {
  return useCursorList(['audit', filters], (cursor, signal) => {
    const query = { ...filters, limit: PAGE, ...(cursor === undefined ? {} : { cursor }) };
    return dataOf(api.GET('/operator/v1/audit', { params: { query }, signal }));
  });
}

/** @param expect an end that was noted before; empty: none */
export function checkTrail(expect: string): Promise<AuditFinding> {
  const query = expect === '' ? {} : { expect };
  return dataOf(api.GET('/operator/v1/audit/verify', { params: { query } }));
}

/** A name as the trail has it: people type an address, or the name at the command line. */
export function operatorOf(text: string): string {
  if (text === '' || text.includes(':')) return text;
  return text.includes('@') ? `staff:${text}` : `operator:${text}`;
}
