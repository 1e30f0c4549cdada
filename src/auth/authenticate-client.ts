import type { CryptoKey } from 'jose';
import { LRUCache } from 'lru-cache';
import { limitsInForce } from '../clients/limits.ts';
import { timesOfSigning } from '../core/clock.ts';
import { errors } from '../core/errors.ts';
import type { MerchantRow } from '../db/tables.ts';
import type { Deps } from '../deps.ts';
import type { Caller } from './authenticate.ts';
import { clientIn, merchantNamedIn, tokenKey } from './client-token.ts';
import { ISSUED_MAX, IssuedNames } from './issued-names.ts';
import { type AuthVersion, Remembered } from './remembered.ts';
import { tokenSecretOf } from './token-secret.ts';

/** What is asked of a merchant for each call of one of its clients. */
interface KnownMerchant {
  readonly terms: Pick<Caller, 'merchantId' | 'verified' | 'feeBps' | 'routeLimits' | 'clientRequests'>;
  readonly disabled: boolean;
  /** Of web pages that may read the answers of its clients. */
  readonly origins: readonly string[];
  /** null: there is no secret. */
  readonly key: CryptoKey | null;
  /** What signed tokens before, each until its time. */
  readonly previous: readonly { readonly key: CryptoKey; readonly until: Date }[];
}

type ClientDeps = Pick<Deps, 'db' | 'clock' | 'secrets'>;

const ORIGINS_OF_MAX = 20_000;

/** Checks client tokens, remembering merchants and their secrets until one changes anywhere. */
export class ClientAuthenticator {
  readonly #deps: ClientDeps;
  readonly #known: Remembered<KnownMerchant>;
  readonly #version: AuthVersion;
  /** Ids of all merchants. */
  readonly issued: IssuedNames;
  /** Of merchants whose clients have called: their origins as they were then. */
  readonly #origins = new LRUCache<string, readonly string[]>({ max: ORIGINS_OF_MAX });

  constructor(deps: ClientDeps, version: AuthVersion) {
    this.#deps = deps;
    this.#known = new Remembered(version);
    this.#version = version;
    this.issued = new IssuedNames(version, () => readMerchantIds(deps.db));
  }

  /**
   * @param authorization the header: `Bearer <token>`, or the token alone
   * @param mayWait whether the caller has failed too often to be checked against what the database has now at once
   * @throws MISSING_BEARER, INVALID_TOKEN, ACCOUNT_DISABLED
   */
  async authenticate(authorization: string | undefined, mayWait = false): Promise<Caller> {
    const token = tokenOf(authorization);
    const merchantId = merchantNamedIn(token);
    if (merchantId === null) throw errors.of('INVALID_TOKEN');
    const found = (await this.#find(token, merchantId)) ?? (await this.#findAnew(token, merchantId, mayWait));
    if (!found) throw errors.of('INVALID_TOKEN');
    const { merchant, client } = found;
    // Said to those only who hold a token of the merchant's.
    if (merchant.disabled) throw errors.of('ACCOUNT_DISABLED');
    return { ...merchant.terms, actor: `client:${client.steamId}`, client };
  }

  /** Whether it is known without waiting that the merchant exists; the newest may be missing. */
  isKnown(merchantId: string): boolean {
    return this.#known.has(merchantId) || this.issued.has(merchantId);
  }

  /** The merchant that a token names, by which nothing is proved; empty when it names none. */
  nameOf(authorization: string | undefined): string {
    return merchantNamedIn(readToken(authorization) ?? '') ?? '';
  }

  /**
   * The origins that the merchant has listed which the token names. Nothing is proved by it: it says who may read the
   * answer to this token, a refusal included.
   */
  originsOf(authorization: string | undefined): readonly string[] {
    return this.#origins.get(this.nameOf(authorization)) ?? [];
  }

  async #find(token: string, merchantId: string) {
    const merchant = await this.#known.get(merchantId, () => readMerchant(this.#deps, merchantId));
    if (!merchant) return null;
    this.#origins.set(merchantId, merchant.origins);
    const now = this.#deps.clock.now();
    const keys = keysAt(merchant, now);
    for (const time of timesOfSigning(this.#deps.clock)) {
      const client = await clientIn(token, merchantId, keys, time);
      if (client) return { merchant, client };
    }
    return null;
  }

  /** A secret that was made a second ago, here or on another node, is not remembered yet, and its tokens are genuine. */
  async #findAnew(token: string, merchantId: string, mayWait: boolean) {
    await (mayWait ? this.#version.checkInTurn() : this.#version.check());
    return this.#find(token, merchantId);
  }
}

/** @throws MISSING_BEARER when there is none, or the header is of another scheme */
function tokenOf(authorization: string | undefined): string {
  const token = readToken(authorization);
  if (token === null) throw errors.of('MISSING_BEARER');
  return token;
}

function readToken(authorization = ''): string | null {
  const scheme = /^bearer(?: +|$)/i.exec(authorization)?.[0];
  const token = authorization.slice(scheme?.length ?? 0);
  return !token || (scheme === undefined && token.includes(' ')) ? null : token;
}

/** As with callbacks: what was signed with the secret before is genuine for as long as that rotates. */
function keysAt({ key, previous }: KnownMerchant, now: Date): CryptoKey[] {
  const before = previous.filter(({ until }) => until > now).map((each) => each.key);
  return key === null ? before : [key, ...before];
}

async function readMerchantIds(db: ClientDeps['db']): Promise<string[]> {
  const merchants = db.selectFrom('merchant').select('id').orderBy('created_at', 'desc').limit(ISSUED_MAX);
  return (await merchants.execute()).map(({ id }) => id);
}

async function readMerchant({ db, secrets }: ClientDeps, merchantId: string): Promise<KnownMerchant | null> {
  const row = await db
    .selectFrom('merchant')
    .select(['id', 'verified', 'fee_bps', 'route_limits', 'disabled_at', 'client_limits', 'own_client_limits'])
    .select(['api_secret_sealed', 'previous_secret_sealed', 'previous_secret_until'])
    .select(['token_secret_sealed', 'previous_token_secret_sealed', 'previous_token_secret_until'])
    .where('id', '=', merchantId)
    .executeTakeFirst();
  if (!row) return null;
  const origins = await db.selectFrom('client_origin').select('origin').where('merchant_id', '=', row.id).execute();
  const limits = limitsInForce(row);
  const secret = tokenSecretOf({ secrets }, row);
  return {
    terms: {
      merchantId: row.id,
      verified: row.verified,
      feeBps: row.fee_bps,
      // Written by `setRouteLimit` only, which checks names and numbers.
      routeLimits: row.route_limits as Record<string, number>,
      clientRequests: { each: limits.each.requestsPerMinute, all: limits.all.requestsPerMinute },
    },
    disabled: row.disabled_at !== null,
    origins: origins.map(({ origin }) => origin),
    key: secret === null ? null : await tokenKey(secret),
    previous: await previousKeys(secrets, row),
  };
}

type Rotating = Pick<
  MerchantRow,
  | 'id'
  | 'previous_secret_sealed'
  | 'previous_secret_until'
  | 'token_secret_sealed'
  | 'previous_token_secret_sealed'
  | 'previous_token_secret_until'
>;

/** The API secret before this one counts as long as the API secret signs tokens, too. */
async function previousKeys(secrets: Deps['secrets'], row: Rotating): Promise<KnownMerchant['previous']> {
  const merchantId = row.id;
  const { previous_secret_sealed: api, previous_secret_until: apiUntil } = row;
  const { previous_token_secret_sealed: token, previous_token_secret_until: tokenUntil } = row;
  const keys: KnownMerchant['previous'][number][] = [];
  if (api !== null && apiUntil !== null && row.token_secret_sealed === null) {
    keys.push({ key: await tokenKey(secrets.open(api, { merchantId, purpose: 'api-secret' })), until: apiUntil });
  }
  if (token !== null && tokenUntil !== null) {
    keys.push({ key: await tokenKey(secrets.open(token, { merchantId, purpose: 'token-secret' })), until: tokenUntil });
  }
  return keys;
}
