import { createHmac, timingSafeEqual } from 'node:crypto';

export const SIGNATURE_HEADER = 'x-assetpay-signature';

/** Receivers refuse a signature whose time is further off than this, either way (wire-api §6). */
const SKEW_MAX_MS = 300_000;

interface SignedParts {
  /** Delivery id; the same over all retries of an event. */
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

/** The header's value: `t=<ISO>,id=<delivery>,s=<hex>[,s1=<hex>]`, HMAC-SHA256 of `id.t.body` with the API secret. */
export function signatureHeader({ current, previous }: SigningSecrets, parts: SignedParts): string {
  const older = previous === null ? '' : `,s1=${signature(previous, parts)}`;
  return `t=${parts.time},id=${parts.id},s=${signature(current, parts)}${older}`;
}

export function signature(secret: string, { id, time, body }: SignedParts): string {
  return createHmac('sha256', secret).update(`${id}.${time}.${body}`).digest('hex');
}

export type Verdict =
  | { readonly ok: true; readonly id: string }
  | { readonly ok: false; readonly reason: 'missing' | 'malformed' | 'too_old' | 'wrong_signature' };

/**
 * The receiver's side, as the sandbox's demo merchant uses it.
 * @param body the raw bytes as they came, read as UTF-8
 */
export function verifySignature(secret: string, header: string | undefined, body: string, now: Date): Verdict {
  if (!header) return { ok: false, reason: 'missing' };
  const fields = new Map(header.split(',').map((part) => splitOnce(part)));
  const [time = '', id = '', given = ''] = [fields.get('t'), fields.get('id'), fields.get('s')];
  if (Number.isNaN(Date.parse(time)) || !id || !/^[0-9a-f]{64}$/.test(given)) return { ok: false, reason: 'malformed' };
  if (Math.abs(now.getTime() - Date.parse(time)) > SKEW_MAX_MS) return { ok: false, reason: 'too_old' };
  const expected = Buffer.from(signature(secret, { id, time, body }), 'hex');
  if (!timingSafeEqual(expected, Buffer.from(given, 'hex'))) return { ok: false, reason: 'wrong_signature' };
  return { ok: true, id };
}

function splitOnce(part: string): [string, string] {
  const at = part.indexOf('=');
  return [part.slice(0, at).trim(), part.slice(at + 1).trim()];
}
