import { systemClock } from '../core/clock.ts';
import { errors } from '../core/errors.ts';
import { NotFoundError } from '../core/operator-error.ts';
import { type Refusal, verify } from '../core/webhooks.ts';
import type { Deps } from '../deps.ts';
import { signingSecrets } from './endpoint.ts';

/** A signature header, and the body that came with it. */
export interface Signed {
  readonly header: string;
  readonly body: string;
}

/** Why a receiver refuses a signature. `body_changed`: it was right for the body before something rewrote it. */
export type SignatureProblem = Refusal | 'body_changed';

export const signatureProblems = [
  ...(['missing_header', 'malformed_header', 'wrong_signature', 'body_changed'] as const),
  ...(['too_old', 'too_far_ahead', 'body_not_json'] as const),
] as const satisfies readonly SignatureProblem[];

export interface SignatureReport {
  /** Whether exactly this body was signed with a secret of the merchant, whenever that was. */
  readonly isRight: boolean;
  /** The secret that it was signed with; null: none of the merchant's. */
  readonly secret: 'current' | 'previous' | null;
  /** Why a receiver refuses it now; null: it does not. */
  readonly problem: SignatureProblem | null;
  /** For people. */
  readonly explanation: string;
}

/**
 * Whether a signature over a body is right with the secrets that sign a merchant's callbacks now, and if not, why. Signatures
 * have real time, in the sandbox too.
 * @throws OperatorError for an unknown merchant; MERCHANT_NO_API_SECRET
 */
export async function explainSignature(
  deps: Pick<Deps, 'db' | 'clock' | 'secrets'>,
  merchantId: string,
  signed: Signed,
  now = systemClock.now(),
): Promise<SignatureReport> {
  const merchant = await deps.db.selectFrom('merchant').selectAll().where('id', '=', merchantId).executeTakeFirst();
  if (!merchant) throw new NotFoundError(`there is no merchant ${merchantId}`);
  const secrets = signingSecrets(deps, merchantId, merchant);
  if (secrets === null) throw errors.of('MERCHANT_NO_API_SECRET', { message: 'This account has no API secret.' });
  const { current, previous } = secrets;
  const known = [['current', current] as const, ...(previous === null ? [] : [['previous', previous] as const])];
  const name = known.find(([, secret]) => isSignedWith(secret, signed))?.[0] ?? null;
  const verdict = verify({ secrets: known.map(([, secret]) => secret), ...signed, now });
  const refusal = verdict.ok ? null : verdict.reason;
  // An old signature that is wrong as well is wrong first of all.
  const isWrong = name === null && (refusal === 'too_old' || refusal === 'too_far_ahead');
  const problem = refineProblem(known, signed, isWrong ? 'wrong_signature' : refusal);
  return { isRight: name !== null, secret: name, problem, explanation: explanations[problem ?? 'none'] };
}

/** Compared at the time that the signature has, so that an old one can be right. */
function isSignedWith(secret: string, { header, body }: Signed): boolean {
  const verdict = verify({ secret, header, body, now: timeIn(header) });
  return verdict.ok || verdict.reason === 'body_not_json';
}

function timeIn(header: string): Date {
  const [, text = ''] = /(?:^|,)\s*t=([^,]*)/.exec(header) ?? [];
  const time = new Date(text.trim());
  // Without a readable time the header is refused whatever the time is.
  return time.getTime() >= 0 ? time : systemClock.now();
}

function refineProblem(
  known: readonly (readonly [string, string])[],
  { header, body }: Signed,
  refusal: Refusal | null,
): SignatureProblem | null {
  if (refusal !== 'wrong_signature') return refusal;
  const variants = variantsOf(body);
  const isOther = variants.some((other) => known.some(([, secret]) => isSignedWith(secret, { header, body: other })));
  return isOther ? 'body_changed' : refusal;
}

/** What the body may have been before a program read and wrote it again, or a person copied it. */
function variantsOf(body: string): string[] {
  try {
    return [body.trim(), JSON.stringify(JSON.parse(body))].filter((variant) => variant !== body);
  } catch {
    return [];
  }
}

const explanations: Readonly<Record<SignatureProblem | 'none', string>> = {
  none: 'The signature is right, and recent enough to be accepted.',
  missing_header: 'There is no signature. It is the value of the header x-assetpay-signature.',
  malformed_header:
    'The header cannot be read. It must be t=<time>,id=<id>,s=<64 hex digits>, without the name of the header.',
  wrong_signature:
    'The signature was not made with this merchant’s secret over exactly this body. Compare the secret, and sign ' +
    'id.t.body over the raw bytes of the body.',
  body_changed:
    'The signature is right for the body that was sent, but this body has other blanks or line ends. Verify the raw bytes ' +
    'before anything parses the body.',
  too_old:
    'The signature is right, but more than five minutes old, so that receivers refuse it now. If it was recent when it ' +
    'came, check the clock of the server.',
  too_far_ahead:
    'The signature is right, but its time is more than five minutes ahead. Check the clock of the machine that signed it.',
  body_not_json: 'The signature is right, but the body is not JSON, which every callback is.',
};
