/** @type {typeof import('./index.d.ts').approve} */
export const approve = () => answer({ action: 'approve' });

/** @type {typeof import('./index.d.ts').reject} */
export const reject = (reason) => answer({ action: 'reject', reason });

/**
 * Both are 200, since both are decisions: another status would be read as a refusal or as no answer (wire-api §6).
 * @param {Record<string, string>} decision
 * @returns {import('./index.d.ts').Answer}
 */
function answer(decision) {
  return { status: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify(decision) };
}
