import { isUtf8 } from 'node:buffer';
import { CompactSign, type CryptoKey, decodeProtectedHeader, errors, jwtVerify } from 'jose';
import Type from 'typebox';
import { Compile } from 'typebox/compile';
import { isUuid } from '../core/ids.ts';
import { steamIdOf } from '../core/steam.ts';
import { SteamId, TradeUrl } from '../http/fields.ts';
import { Text } from '../http/validation.ts';

/** A merchant's user, as the signed token describes it. Identified by its SteamID64. */
export interface Client {
  readonly steamId: string;
  readonly tradeUrl: string;
  /** The merchant's own id of the user. */
  readonly clientId: string | null;
}

/** A merchant's data about its user. It is stored in the token but not used: it is for instant credit, which does not exist. */
export interface ClientData {
  readonly totalWager?: number;
  readonly registrationDate?: string | null;
  readonly kycHash?: string;
  readonly kycLevel?: number;
  readonly fiatDeposits?: boolean;
  readonly cryptoDeposits?: boolean;
}

export interface NewToken {
  readonly merchantId: string;
  readonly client: Client;
  readonly clientData: ClientData | null;
}

/** The lifetime of a token, maximum and default. */
export const TOKEN_TTL_S = 24 * 60 * 60;
/** How far the signer's clock may be ahead. */
const SKEW_S = 60;
/** Twice the length of the longest valid token. Longer tokens are not decoded. */
export const TOKEN_LENGTH_MAX = 16 * 1024;

/** Tokens of the public API have no `typ`, but JWT libraries add it by default. */
const Header = Compile(
  Type.Object(
    { alg: Type.Literal('HS256'), userId: Type.String(), typ: Type.Optional(Type.Literal('JWT')) },
    { additionalProperties: false },
  ),
);

const Claims = Compile(
  Type.Object({
    merchantId: Type.Optional(Type.String()),
    client: Type.Object({
      steamID: SteamId,
      tradeUrl: TradeUrl,
      clientId: Type.Optional(Text(0, 128)),
    }),
    iat: Type.Integer(),
    exp: Type.Integer(),
  }),
);

/** Signs a token for a day. The bytes are the same as those of the public API's own libraries. */
export function signClientToken(apiSecret: string, { merchantId, client, clientData }: NewToken, at: Date) {
  const iat = Math.floor(at.getTime() / 1000);
  const { steamId, tradeUrl, clientId } = client;
  const claims = {
    merchantId,
    client: {
      steamID: steamId,
      tradeUrl,
      ...(clientData ? { clientData: known(clientData) } : {}),
      ...(clientId === null ? {} : { clientId }),
    },
    iat,
    exp: iat + TOKEN_TTL_S,
  };
  const text = new TextEncoder();
  return new CompactSign(text.encode(JSON.stringify(claims)))
    .setProtectedHeader({ alg: 'HS256', userId: merchantId })
    .sign(text.encode(apiSecret));
}

/** Keeps only fields of the public API, which limits the length of tokens. */
function known(data: ClientData) {
  const { totalWager, registrationDate, kycHash, kycLevel, fiatDeposits, cryptoDeposits } = data;
  return {
    totalWager,
    registrationDate: registrationDate ?? undefined,
    kycHash,
    kycLevel,
    fiatDeposits,
    cryptoDeposits,
  };
}

/** The key that verifies tokens; it is not extractable. */
export function tokenKey(apiSecret: string): Promise<CryptoKey> {
  const algorithm = { name: 'HMAC', hash: 'SHA-256' };
  return crypto.subtle.importKey('raw', new TextEncoder().encode(apiSecret), algorithm, false, ['verify']);
}

/** The merchant id that a token claims, unverified. null: the token has an invalid form. */
export function claimedMerchant(token: string): string | null {
  if (token.length > TOKEN_LENGTH_MAX || !token.split('.').every(holdsUtf8)) return null;
  const header = readHeader(token);
  return Header.Check(header) && isUuid(header.userId) ? header.userId : null;
}

/** Invalid UTF-8 is refused, because different bytes would become the same character, and so the same `clientId`. */
function holdsUtf8(part: string, index: number): boolean {
  return index > 1 || isUtf8(Buffer.from(part, 'base64url'));
}

function readHeader(token: string): unknown {
  try {
    return decodeProtectedHeader(token);
  } catch {
    return null;
  }
}

/**
 * Verifies a token with a merchant's keys.
 * @returns the client; null for every token that is not valid now
 */
export async function verifyClientToken(
  token: string,
  merchantId: string,
  keys: readonly CryptoKey[],
  now: Date,
): Promise<Client | null> {
  const claims = await signedClaims(token, keys, now);
  if (!Claims.Check(claims)) return null;
  const { client, iat, exp } = claims;
  if ((claims.merchantId ?? merchantId) !== merchantId) return null;
  if (exp - iat > TOKEN_TTL_S || iat * 1000 > now.getTime() + SKEW_S * 1000) return null;
  // A trade belongs to the account that receives its items, and a client sees the trades of its account.
  if (steamIdOf(client.tradeUrl) !== client.steamID) return null;
  return { steamId: client.steamID, tradeUrl: client.tradeUrl, clientId: client.clientId || null };
}

/** @returns null for a token with an invalid signature or form, or one that is not valid at this time */
async function signedClaims(token: string, keys: readonly CryptoKey[], now: Date): Promise<unknown> {
  for (const key of keys) {
    try {
      const { payload } = await jwtVerify(token, key, { algorithms: ['HS256'], currentDate: now });
      return payload;
    } catch (error) {
      if (!(error instanceof errors.JOSEError)) throw error;
      if (!(error instanceof errors.JWSSignatureVerificationFailed)) return null;
    }
  }
  return null;
}
