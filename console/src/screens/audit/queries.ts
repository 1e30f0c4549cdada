import { api, dataOf } from '../../api/client.ts';
import type { AuditCommand, AuditFinding } from '../../api/schema.d.ts';
import { type CursorQuery, useCursorList } from '../../shared/cursor-list.tsx';

export type { AuditCommand, AuditFinding };
export type Change = AuditCommand['changes'][number];

const PAGE = 50;

/** @param operator absent: of all */
export function useAudit(operator: string | undefined): CursorQuery<AuditCommand> {
  const filters = { limit: PAGE, ...(operator ? { operator } : {}) };
  return useCursorList(['audit', filters], (cursor, signal) => {
    const query = { ...filters, ...(cursor === undefined ? {} : { cursor }) };
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
