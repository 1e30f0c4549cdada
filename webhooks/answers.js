/** @type {typeof import('./index.d.ts').approve} */
export const approve = () => answer({ action: 'approve' });

/** The gateway keeps as much of a reason, and does not read an answer that is far longer. */
const REASON_MAX = 500;

/**
 * Whatever is given as the reason, the answer has to be one that can be read: it stops a purchase.
 * @type {typeof import('./index.d.ts').reject}
 */
export const reject = (reason) => answer({ action: 'reject', reason: String(reason ?? '').slice(0, REASON_MAX) });

/**
 * Both are 200, since both are decisions: another status would be read as a refusal or as no answer.
 * @param {Record<string, string>} decision
 * @returns {import('./index.d.ts').Answer}
 */
function answer(decision) {
  return { status: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify(decision) };
}
