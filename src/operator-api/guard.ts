import type { FastifyReply, FastifyRequest, onRequestAsyncHookHandler } from 'fastify';
import type { LimitedRoute, RateLimits } from '../auth/rate-limits.ts';
import { ApiError, errors } from '../core/errors.ts';
import { type Permission, permissionsOf } from '../core/roles.ts';
import type { PersonRow, PersonSessionRow } from '../db/tables.ts';
import type { Deps } from '../deps.ts';
import { limitedNetwork } from '../net/addresses.ts';
import type { ClientAddresses } from '../net/client-address.ts';
import { FailureCounts } from '../net/failure-counts.ts';
import { actorOf } from '../people/people.ts';
import { findSession } from '../people/sessions.ts';

/** What the hooks of the operator API share on one node. */
export interface PersonGuards {
  readonly deps: Deps;
  readonly addresses: ClientAddresses;
  /** Of merchants, which their members share with their code. */
  readonly limits: RateLimits;
  /** Failed sign-ins and unknown cookies by network. */
  readonly failures: FailureCounts;
}

/** Of the requests without a valid key that an address may make, sign-ins get this part: each costs a tenth of a second. */
const SIGN_IN_SHARE = 10;

export function openGuards(deps: Deps, addresses: ClientAddresses, limits: RateLimits): PersonGuards {
  const perMinute = Math.ceil(deps.config.invalidKeysPerMinute / SIGN_IN_SHARE);
  return { deps, addresses, limits, failures: new FailureCounts(perMinute) };
}

export interface SignedIn {
  readonly person: PersonRow;
  readonly session: PersonSessionRow;
  /** As the audit trail, events and movements name the person. */
  readonly actor: string;
  readonly address: string;
  readonly may: ReadonlySet<Permission>;
}

const signedIn = new WeakMap<FastifyRequest, SignedIn>();

/** @throws Error on a route without one of the hooks, which is a programming error */
export function personOf(request: FastifyRequest): SignedIn {
  const known = signedIn.get(request);
  if (!known) throw new Error(`${request.routeOptions.url} has no person`);
  return known;
}

/** @returns undefined for a request of nobody; for the log only */
export function personInLog(request: FastifyRequest): string | undefined {
  return signedIn.get(request)?.actor;
}

type Hook = { onRequest: onRequestAsyncHookHandler };

/**
 * The hook of a route that staff and members of merchants use. A member reaches the own merchant only: a path that names
 * another one is refused, and `merchantIn` replaces what a query names.
 */
export function asPerson(guards: PersonGuards, permission: Permission | null): Hook {
  return { onRequest: (request) => admit(guards, request, permission) };
}

/** The hook of a route for the operator's staff only. */
export function asStaff(guards: PersonGuards, permission: Permission): Hook {
  return {
    onRequest: async (request) => {
      await admit(guards, request, permission);
      if (personOf(request).person.merchant_id !== null) throw errors.of('PERMISSION_DENIED');
    },
  };
}

/** The hook of a route for those who are not signed in. Their attempts are counted by `counted`. */
export function asStranger(guards: PersonGuards): Hook {
  return {
    onRequest: async (request) => {
      requireSameSite(guards, request);
      requireFewFailures(guards, request);
    },
  };
}

/** What members of a disabled merchant may still do: see why, and what is open. */
const LOOKING: readonly Permission[] = ['read'];

async function admit(guards: PersonGuards, request: FastifyRequest, permission: Permission | null): Promise<void> {
  requireSameSite(guards, request);
  const token = tokenIn(guards, request);
  if (token === undefined) throw errors.of('NOT_SIGNED_IN');
  const found = await findSession(guards.deps, token);
  if (!found) {
    // Others at the same address must not keep out who is signed in.
    requireFewFailures(guards, request);
    countFailure(guards, request);
    throw errors.of('NOT_SIGNED_IN');
  }
  const may = new Set(found.isMerchantDisabled ? LOOKING : permissionsOf(found.person.role));
  const address = guards.addresses.of(request.raw);
  signedIn.set(request, { ...found, actor: actorOf(found.person), address, may });
  if (permission !== null && !may.has(permission)) throw errors.of('PERMISSION_DENIED');
  requireOwnMerchant(request, found.person);
}

/** Central, so that no route can forget it. */
function requireOwnMerchant({ params }: FastifyRequest, { merchant_id: own }: PersonRow): void {
  const named: unknown = typeof params === 'object' && params !== null ? Reflect.get(params, 'merchantId') : undefined;
  if (own !== null && named !== undefined && named !== own) throw errors.of('PERMISSION_DENIED');
}

/**
 * Counts a member's request like one of the merchant's own code, which is limited for what it costs others.
 * @throws RATE_LIMITED
 */
export async function limitMember(
  { deps, limits }: PersonGuards,
  request: FastifyRequest,
  route: LimitedRoute,
): Promise<void> {
  const { merchant_id: merchantId } = personOf(request).person;
  if (merchantId === null) return;
  const { verified, route_limits } = await deps.db
    .selectFrom('merchant')
    .select(['verified', 'route_limits'])
    .where('id', '=', merchantId)
    .executeTakeFirstOrThrow();
  const routeLimits = route_limits as Record<string, number>; // only `setRouteLimit` writes it
  await limits.count({ merchantId, verified, routeLimits, client: null }, route);
}

/** Whether the person is of the operator's staff. Members of a merchant do not see what is the operator's own. */
export function isStaff(request: FastifyRequest): boolean {
  return personOf(request).person.merchant_id === null;
}

/** @returns the merchant to which a list is limited; undefined: all, which only staff see */
export function merchantIn(request: FastifyRequest, wanted: string | undefined): string | undefined {
  return personOf(request).person.merchant_id ?? wanted;
}

/**
 * Counts an attempt as a failure before it is checked, and takes it back when it was right: thousands at once would all be
 * checked otherwise.
 */
export async function counted<T>(
  { failures, addresses }: PersonGuards,
  request: FastifyRequest,
  attempt: () => Promise<T>,
): Promise<T> {
  const address = addresses.of(request.raw);
  const network = limitedNetwork(address);
  failures.add(network);
  try {
    const result = await attempt();
    failures.remove(network);
    return result;
  } catch (error) {
    const isGuess = error instanceof ApiError && (error.key === 'SIGN_IN_FAILED' || error.key === 'LINK_NOT_VALID');
    if (!isGuess) failures.remove(network);
    else request.log.warn({ error: error.key, cause: causeIn(error), address }, 'a sign-in failed');
    throw error;
  }
}

/** Such as why a passkey was refused, for the log. */
function causeIn({ cause }: Error): unknown {
  return cause instanceof Error ? cause.message : cause;
}

const SAFE_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Refuses requests that a page of another site has sent with the person's cookie. Browsers say from where a request comes
 * in `Sec-Fetch-Site`, older ones in `Origin` only; a program that is no browser sends `Origin` itself. A proxy may replace
 * `Host`, so that the public URL counts as well.
 */
function requireSameSite({ deps }: PersonGuards, { method, headers }: FastifyRequest): void {
  if (SAFE_METHODS.has(method)) return;
  const site = headers['sec-fetch-site'];
  if (site === 'same-origin') return;
  const origin = URL.parse(headers.origin ?? '')?.host;
  const own = [headers.host, URL.parse(deps.config.publicUrl)?.host];
  if (site !== undefined || origin === undefined || !own.includes(origin)) throw errors.of('CROSS_SITE_REQUEST');
}

function requireFewFailures({ failures, addresses }: PersonGuards, request: FastifyRequest): void {
  const waitSeconds = failures.waitSeconds(limitedNetwork(addresses.of(request.raw)));
  if (waitSeconds > 0) throw errors.tooManyInvalid(waitSeconds);
}

/** Counts a cookie of no session. */
function countFailure({ failures, addresses }: PersonGuards, request: FastifyRequest): void {
  failures.add(limitedNetwork(addresses.of(request.raw)));
}

/** With this prefix browsers keep the cookie to this host, and accept it over https only. */
const SECURE_NAME = '__Host-skinrail';
const NAME = 'skinrail';

/** Whether people reach the gateway over https. */
function isSecure({ deps }: PersonGuards): boolean {
  return deps.config.publicUrl.startsWith('https:');
}

function tokenIn(guards: PersonGuards, { cookies }: FastifyRequest): string | undefined {
  return cookies[isSecure(guards) ? SECURE_NAME : NAME];
}

const cookieOptions = { path: '/', httpOnly: true, sameSite: 'strict' } as const;

export function setCookie(guards: PersonGuards, reply: FastifyReply, token: string): void {
  const secure = isSecure(guards);
  reply.setCookie(secure ? SECURE_NAME : NAME, token, { ...cookieOptions, secure });
}

export function clearCookie(guards: PersonGuards, reply: FastifyReply): void {
  const secure = isSecure(guards);
  reply.clearCookie(secure ? SECURE_NAME : NAME, { ...cookieOptions, secure });
}
