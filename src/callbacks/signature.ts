import { SIGNATURE_HEADER, sign } from '../core/webhooks.ts';

export { SIGNATURE_HEADER };

interface SignedParts {
  /** Callback id; the same over all retries of an event. */
  readonly id: string;
  /** ISO time of this attempt. */
  readonly time: string;
  readonly body: string;
}

/** `previous` is signed with as well while the secret rotates. */
export interface SigningSecrets {
  readonly current: string;
  readonly previous: string | null;
}

/** The header's value, made by the very module that merchants verify it with: `t=<ISO>,id=<callback>,s=<hex>[,s1=<hex>]`. */
export function signatureHeader({ current, previous }: SigningSecrets, parts: SignedParts): string {
  return sign({ secret: current, previousSecret: previous, ...parts });
}
