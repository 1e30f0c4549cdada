import { isUtf8 } from 'node:buffer';
import { CompactSign, type CryptoKey, decodeProtectedHeader, errors, jwtVerify } from 'jose';
import Type from 'typebox';
import { Compile } from 'typebox/compile';
import { isUuid } from '../core/ids.ts';
import { steamIdOf } from '../core/steam.ts';
import { SteamId, TradeUrl } from '../http/fields.ts';
import { Text } from '../http/validation.ts';

/** A merchant's user, as the merchant vouches for it in a token. Known by its SteamID64. */
export interface Client {
  readonly steamId: string;
  readonly tradeUrl: string;
  /** The merchant's own id of the user. */
  readonly clientId: string | null;
}

/** What a merchant tells about its user. Nothing here reads it: it is for instant credit, which there is none of. */
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

/** How long a token holds, at the most and by default. */
export const TOKEN_TTL_S = 24 * 60 * 60;
/** How far the clock of whoever signed may be ahead of ours. */
const SKEW_S = 60;
/** Twice what the longest identity with the longest data comes to. What is longer is not even decoded. */
export const TOKEN_LENGTH_MAX = 16 * 1024;

/** `typ` is not in the tokens of the public API, but every JWT library adds it by itself. */
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

/** A token for a day, byte for byte as the public API's own libraries make it. */
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

/** Only what the public API knows; what else a merchant sent would make tokens as long as it likes. */
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

/** The key that tokens are checked with, which cannot be read back out. */
export function tokenKey(apiSecret: string): Promise<CryptoKey> {
  const algorithm = { name: 'HMAC', hash: 'SHA-256' };
  return crypto.subtle.importKey('raw', new TextEncoder().encode(apiSecret), algorithm, false, ['verify']);
}

/** Whose secret a token says it is signed with. Nothing is proved by it. null: it cannot be a token of ours. */
export function merchantNamedIn(token: string): string | null {
  if (token.length > TOKEN_LENGTH_MAX || !token.split('.').every(holdsUtf8)) return null;
  const header = readHeader(token);
  return Header.Check(header) && isUuid(header.userId) ? header.userId : null;
}

/** Different bytes that are not UTF-8 would all be read as the same character, and so as the same `clientId`. */
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
 * The client that a token is for, if this merchant signed it with one of the keys, and if it holds now.
 * @returns null for every other token, without saying why
 */
export async function clientIn(
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
  // A trade belongs to the account that its items go to, and a client sees the trades of its account.
  if (steamIdOf(client.tradeUrl) !== client.steamID) return null;
  return { steamId: client.steamID, tradeUrl: client.tradeUrl, clientId: client.clientId || null };
}

/** null: signed with none of the keys, not in the form of a token, over, or not begun. */
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
