import { isSuccess, type Reply } from '../callbacks/post.ts';

/** What a merchant's answer to the question means. */
export type Verdict =
  | { readonly verdict: 'approved' }
  | { readonly verdict: 'rejected'; readonly reason: string }
  | { readonly verdict: 'none'; readonly cause: string };

const REASON_MAX = 500;
/** They say that the receiver could not answer now, not that it refuses (DESIGN 4.6). */
const NOT_AN_ANSWER = [408, 429];

/**
 * Reads an answer (DESIGN 4.6): 2xx approves unless the body says `{"action":"reject"}`, 4xx rejects, and everything
 * else is none. An answer that is too long to be read whole is none as well: it might go on to say no.
 */
export function readVerdict(reply: Reply): Verdict {
  const { status, failure, response } = reply;
  if (status === null) return { verdict: 'none', cause: failure ?? 'no answer' };
  if (isSuccess(reply)) {
    if (reply.isCut) return { verdict: 'none', cause: 'the answer is too long to be read' };
    const rejection = rejectionIn(response ?? '');
    return rejection === null ? { verdict: 'approved' } : { verdict: 'rejected', reason: rejection };
  }
  const isRefusal = status >= 400 && status < 500 && !NOT_AN_ANSWER.includes(status);
  if (!isRefusal) return { verdict: 'none', cause: `answered ${status}` };
  return { verdict: 'rejected', reason: rejectionIn(response ?? '') || `answered ${status}` };
}

/** @returns the reason, which may be empty; null when the body does not reject */
function rejectionIn(body: string): string | null {
  const said = parse(body);
  if (said === null || typeof said !== 'object' || !('action' in said) || said.action !== 'reject') return null;
  return 'reason' in said && typeof said.reason === 'string' ? storable(said.reason) : '';
}

/** Neither NUL nor half a character can be stored: a reason that cannot be written down must not undo a no. */
function storable(reason: string): string {
  return reason
    .slice(0, REASON_MAX)
    .replaceAll(/\p{Cc}+/gu, ' ')
    .toWellFormed();
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return null;
  }
}
