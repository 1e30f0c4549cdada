import type { FastifyReply, FastifyRequest, onRequestAsyncHookHandler } from 'fastify';
import { allowOrigin } from '../http/cross-origin.ts';
import type { Caller } from './authenticate.ts';
import type { Authentication } from './authentication.ts';
import type { Client } from './client-token.ts';
import type { LimitedRoute, RateLimits } from './rate-limits.ts';

/** The caller of each request, set by the hooks below before the route runs. */
const callers = new WeakMap<FastifyRequest, Caller>();

/** @throws Error on a route without one of the hooks, which is a programming error */
export function callerOf(request: FastifyRequest): Caller {
  const caller = callers.get(request);
  if (!caller) throw new Error(`${request.routeOptions.url} has no caller`);
  return caller;
}

/** The owner of each request's key, even when the request was refused for its address or scope; for the log only. */
const identified = new WeakMap<FastifyRequest, Caller>();

/** @returns undefined for a request without a known key or token */
export function callerInLog(request: FastifyRequest): Caller | undefined {
  return callers.get(request) ?? identified.get(request);
}

export type ClientCaller = Caller & { readonly client: Client };

/** @throws Error on a route without the client hook, which is a programming error */
export function clientCallerOf(request: FastifyRequest): ClientCaller {
  const { client, ...caller } = callerOf(request);
  if (!client) throw new Error(`${request.routeOptions.url} is called by merchants`);
  return { ...caller, client };
}

export interface RequestGuards {
  readonly authentication: Authentication;
  readonly limits: RateLimits;
}

/** The hook of a merchant route: authenticates, then counts the request, before the body is parsed. */
export function asMerchant(guards: RequestGuards, route: LimitedRoute): { onRequest: onRequestAsyncHookHandler } {
  const { authentication, limits } = guards;
  const { keys, addresses, failedAuth } = authentication;
  return {
    onRequest: async (request: FastifyRequest, _reply: FastifyReply) => {
      const header = request.headers['api-key'];
      const apiKey = Array.isArray(header) ? header[0] : header;
      const address = addresses.of(request.raw);
      const note = (known: Caller) => identified.set(request, known);
      const caller = await failedAuth.identify(
        address,
        () => authentication.isIssued(apiKey),
        () => keys.authenticate(apiKey, address, 'CORE_ACCESS', note),
      );
      callers.set(request, caller);
      await limits.count(caller, route);
    },
  };
}

/**
 * The hook of a client route: authenticates by token. All clients of a merchant share its limit and buy at its fee. A token
 * has no scopes and is valid for every client route.
 */
export function asClient(guards: RequestGuards, route: LimitedRoute): { onRequest: onRequestAsyncHookHandler } {
  const { authentication, limits } = guards;
  const { clients, addresses, failedAuth } = authentication;
  return {
    onRequest: async (request: FastifyRequest, reply: FastifyReply) => {
      const { authorization } = request.headers;
      const address = addresses.of(request.raw);
      const caller = await failedAuth
        .identify(
          address,
          () => authentication.isOfKnownMerchant(authorization),
          () => clients.authenticate(authorization, failedAuth.isLimited(address)),
        )
        // A page must be able to read that its token has expired.
        .finally(() => allowOrigin(request, reply, clients.originsOf(authorization)));
      callers.set(request, caller);
      await limits.count(caller, route);
    },
  };
}
