import { Notice } from '../../shared/notice.tsx';
import type { SignatureReport } from './queries.ts';

/** What is known of a signature, in one sentence and with the reason. */
export function SignatureVerdict({ report }: { readonly report: SignatureReport }) {
  const { problem, secret, explanation } = report;
  return (
    <Notice tone={problem === null ? 'good' : 'bad'} title={titleOf(report)} isAlert>
      {explanation}
      {secret === 'previous' && (
        <div>It was made with the secret before the current one, which signs only until its grace period ends.</div>
      )}
    </Notice>
  );
}

function titleOf({ isRight, problem }: SignatureReport): string {
  if (problem === null) return 'The signature is right';
  return isRight ? 'The signature is right, but a receiver refuses it now' : 'The signature is wrong';
}
