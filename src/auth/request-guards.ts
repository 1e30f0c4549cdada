import type { FastifyReply, FastifyRequest, onRequestAsyncHookHandler } from 'fastify';
import { letRead } from '../http/cross-origin.ts';
import type { Caller } from './authenticate.ts';
import type { Authentication } from './authentication.ts';
import type { Client } from './client-token.ts';
import type { LimitedRoute, RateLimits } from './rate-limits.ts';

/** Who called, by request: set by the hook below before anything else of the route runs. */
const callers = new WeakMap<FastifyRequest, Caller>();

/** @throws Error on a route that was registered without one of the hooks: a mistake of ours */
export function callerOf(request: FastifyRequest): Caller {
  const caller = callers.get(request);
  if (!caller) throw new Error(`${request.routeOptions.url} has no caller`);
  return caller;
}

/** Whose key or token a request came with, also where it was refused for its address or its scope; for the log only. */
const named = new WeakMap<FastifyRequest, Caller>();

/** @returns undefined when the request came without a key or token that is known */
export function callerInLog(request: FastifyRequest): Caller | undefined {
  return callers.get(request) ?? named.get(request);
}

export type ClientCaller = Caller & { readonly client: Client };

/** @throws Error on a route that was registered without the client hook: a mistake of ours */
export function clientCallerOf(request: FastifyRequest): ClientCaller {
  const { client, ...caller } = callerOf(request);
  if (!client) throw new Error(`${request.routeOptions.url} is called by merchants`);
  return { ...caller, client };
}

export interface RequestGuards {
  readonly authentication: Authentication;
  readonly limits: RateLimits;
}

/** Checks for a route, before anything is parsed: the key first, then the merchant's limit. */
export function asMerchant(guards: RequestGuards, route: LimitedRoute): { onRequest: onRequestAsyncHookHandler } {
  const { authentication, limits } = guards;
  const { keys, addresses, strangers } = authentication;
  return {
    onRequest: async (request: FastifyRequest, _reply: FastifyReply) => {
      const header = request.headers['api-key'];
      const apiKey = Array.isArray(header) ? header[0] : header;
      const address = addresses.of(request.raw);
      const note = (known: Caller) => named.set(request, known);
      const caller = await strangers.identify(
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
 * The same for a route of merchants' clients, which are known by their token. All clients of a merchant share its limit,
 * and they buy at its fee. A key's scopes are not theirs: a token is good for every client route.
 */
export function asClient(guards: RequestGuards, route: LimitedRoute): { onRequest: onRequestAsyncHookHandler } {
  const { authentication, limits } = guards;
  const { clients, addresses, strangers } = authentication;
  return {
    onRequest: async (request: FastifyRequest, reply: FastifyReply) => {
      const { authorization } = request.headers;
      const address = addresses.of(request.raw);
      const caller = await strangers
        .identify(
          address,
          () => authentication.isOfMerchant(authorization),
          () => clients.authenticate(authorization, strangers.isLimited(address)),
        )
        // A page has to learn as well that its token is over.
        .finally(() => letRead(request, reply, clients.originsOf(authorization)));
      callers.set(request, caller);
      await limits.count(caller, route);
    },
  };
}
