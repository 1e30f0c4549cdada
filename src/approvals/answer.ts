import { isSuccess, type Reply } from '../callbacks/post.ts';
import { isExactYes, readStatement, reasonIn } from './decision-text.ts';

/** What a merchant's answer to an approval request means. */
export type Verdict =
  | { readonly verdict: 'approved' }
  | { readonly verdict: 'rejected'; readonly reason: string }
  | { readonly verdict: 'none'; readonly cause: string };

const REASON_MAX = 500;
/** With these the receiver says that it cannot answer now, not that it rejects. */
const NOT_AN_ANSWER = [408, 429];

/**
 * Reads an answer: 4xx rejects; 2xx approves, unless the body says no or cannot be read; anything else is no answer.
 * @param isStrict only `{"action":"approve"}` approves
 */
export function readVerdict(reply: Reply, isStrict: boolean): Verdict {
  const { status, failure, body } = reply;
  if (status === null || body === null) return { verdict: 'none', cause: failure ?? 'no answer' };
  if (isSuccess(reply)) {
    if ('unreadable' in body) return { verdict: 'none', cause: storable(body.unreadable) };
    return ofSuccess(body.text, body.isSaidToBeJson, isStrict);
  }
  const isRefusal = status >= 400 && status < 500 && !NOT_AN_ANSWER.includes(status);
  if (!isRefusal) return { verdict: 'none', cause: `answered ${status}` };
  const reason = 'text' in body ? storable(reasonIn(body.text)) : '';
  return { verdict: 'rejected', reason: reason || `answered ${status}` };
}

function ofSuccess(text: string, isSaidToBeJson: boolean, isStrict: boolean): Verdict {
  const statement = readStatement(text, isSaidToBeJson);
  if (statement.says === 'no') return { verdict: 'rejected', reason: storable(statement.reason) };
  if (statement.says === 'unclear') return { verdict: 'none', cause: statement.cause };
  if (isStrict && !isExactYes(text)) {
    return { verdict: 'none', cause: 'the answer is not {"action":"approve"}, which strict approval asks for' };
  }
  return { verdict: 'approved' };
}

/** Control characters and half a character cannot be stored; they must not keep a rejection from being recorded. */
function storable(reason: string): string {
  return reason
    .slice(0, REASON_MAX)
    .replaceAll(/\p{Cc}+/gu, ' ')
    .toWellFormed();
}
