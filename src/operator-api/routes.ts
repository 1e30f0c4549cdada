import cookie from '@fastify/cookie';
import type { FastifyError } from 'fastify';
import type { RateLimits } from '../auth/rate-limits.ts';
import { errors } from '../core/errors.ts';
import { NotFoundError, OperatorError } from '../core/operator-error.ts';
import type { Deps } from '../deps.ts';
import type { App } from '../http/app-type.ts';
import { answer } from '../http/errors.ts';
import type { ClientAddresses } from '../net/client-address.ts';
import { auditRoutes } from './audit-routes.ts';
import { callbackRoutes } from './callback-routes.ts';
import { callbackServerRoutes } from './callback-server-routes.ts';
import { changeRoutes } from './change-routes.ts';
import { freezeRoutes } from './freeze-routes.ts';
import { fundingRoutes } from './funding-routes.ts';
import { openGuards } from './guard.ts';
import { integrationRoutes } from './integration-routes.ts';
import { keyRoutes } from './key-routes.ts';
import { marketRoutes } from './market-routes.ts';
import { marketplaceRoutes } from './marketplace-routes.ts';
import { merchantRoutes } from './merchant-routes.ts';
import { overviewRoutes } from './overview-routes.ts';
import { passkeyRoutes } from './passkey-routes.ts';
import { peopleRoutes } from './people-routes.ts';
import { sessionRoutes } from './session-routes.ts';
import { settingsRoute } from './settings-routes.ts';
import { tradeRoutes } from './trade-routes.ts';
import { unknownRoutes } from './unknown-routes.ts';
import { verifyRoutes } from './verify-routes.ts';
import { walletRoutes } from './wallet-routes.ts';

/** The routes for people who are signed in. Register them in a scope of their own: they read cookies. */
export async function operatorRoutes(
  app: App,
  deps: Deps,
  addresses: ClientAddresses,
  limits: RateLimits,
): Promise<void> {
  await app.register(cookie);
  app.setErrorHandler((error: FastifyError, request, reply) => answer(readable(error), request, reply));
  const guards = openGuards(deps, addresses, limits);
  sessionRoutes(app, guards);
  passkeyRoutes(app, guards);
  overviewRoutes(app, guards);
  changeRoutes(app, guards);
  tradeRoutes(app, guards);
  merchantRoutes(app, guards);
  keyRoutes(app, guards);
  integrationRoutes(app, guards);
  walletRoutes(app, guards);
  fundingRoutes(app, guards);
  peopleRoutes(app, guards);
  auditRoutes(app, guards);
  unknownRoutes(app, guards);
  callbackRoutes(app, guards);
  callbackServerRoutes(app, guards);
  marketplaceRoutes(app, guards);
  marketRoutes(app, guards);
  freezeRoutes(app, guards);
  verifyRoutes(app, guards);
  settingsRoute(app, guards);
}

/** The operations that the command line shares refuse with a text for people. */
function readable(error: FastifyError): FastifyError {
  return error instanceof OperatorError ? refusal(error) : error;
}

function refusal(error: OperatorError): FastifyError {
  const key = error instanceof NotFoundError ? 'NOT_FOUND' : 'REFUSED';
  // `answer` takes every error; Fastify's type has a code that errors of the API do not need.
  return errors.of(key, { message: error.message }) as Error as FastifyError;
}
