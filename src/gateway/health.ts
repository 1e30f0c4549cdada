import type { FastifyRequest } from 'fastify';
import Type from 'typebox';
import { errors } from '../core/errors.ts';
import type { Deps } from '../deps.ts';
import type { App } from '../http/app-type.ts';
import { Ok, ok } from '../http/envelope.ts';
import { showLastResults } from '../reconciliation/scheduled.ts';
import { showLastRun } from '../verify/show-last-run.ts';

const Health = Type.Object({
  status: Type.Literal('ok'),
  timestamp: Type.String({ format: 'date-time' }),
  uptime: Type.Number({ description: 'Seconds since this process started' }),
  maintenance: Type.Object({ mode: Type.String() }),
});

/** The state that health checks and metrics read. */
export interface NodeState {
  /** Queries whether the database accepts writes. */
  isWritable(): Promise<boolean>;
  /** Whether the last attempt to reach the database failed. */
  readonly isDatabaseAway: boolean;
  /** Kinds of due work that make no progress. */
  readonly stuck: readonly string[];
}

/** A reachable database answers within milliseconds, and a health check needs a quick answer. */
const DATABASE_ANSWERS_WITHIN_MS = 2000;
const RETRY_AFTER_SECONDS = 5;

const tags = ['operation'];
const security: [] = [];
const response = { 200: Ok(Health) };

/**
 * `GET /health/ready` and `/health`: whether requests can be served, including the database; `GET /health/live`: whether
 * this process makes progress or should be restarted; `GET /metrics`. None of them needs a key.
 */
export function healthRoutes(app: App, deps: Deps, state: NodeState): void {
  const healthOf = (request: FastifyRequest) => {
    const timestamp = deps.clock.now().toISOString();
    return ok(request, { status: 'ok' as const, timestamp, uptime: process.uptime(), maintenance: { mode: 'off' } });
  };
  for (const path of ['/health', '/health/ready']) {
    const summary = 'Whether requests can be served: the database accepts writes, and due work makes progress';
    app.get(path, { schema: { summary, tags, security, response } }, async (request) => {
      requireProgress(state);
      await requireWritable(deps, state);
      return healthOf(request);
    });
  }
  const summary = 'Whether this process makes progress; if not, restart it';
  app.get('/health/live', { schema: { summary, tags, security, response } }, async (request) => {
    requireProgress(state);
    return healthOf(request);
  });
  metricsRoute(app, deps, state);
}

function requireProgress({ stuck }: NodeState): void {
  if (stuck.length === 0) return;
  throw notReady(`Due work makes no progress: ${stuck.join(', ')}. Restart this node; no work is lost.`);
}

async function requireWritable(deps: Deps, state: NodeState): Promise<void> {
  const late = Promise.withResolvers<null>();
  const timer = setTimeout(() => late.resolve(null), DATABASE_ANSWERS_WITHIN_MS);
  const writable = state.isWritable().catch((error: unknown) => {
    deps.log.debug({ err: error }, 'health check: the database query failed');
    return undefined;
  });
  const answer = await Promise.race([writable, late.promise]).finally(() => clearTimeout(timer));
  if (answer === true) return;
  if (answer === false) throw notReady('The database accepts no writes.');
  if (answer === null) throw notReady(`The database did not answer within ${DATABASE_ANSWERS_WITHIN_MS} ms.`);
  throw notReady('The database cannot be reached.');
}

function notReady(message: string) {
  return errors.of('SERVICE_UNAVAILABLE', { message, retryAfterSeconds: RETRY_AFTER_SECONDS });
}

function metricsRoute(app: App, deps: Deps, state: NodeState): void {
  const text = { description: 'Prometheus’ text format', content: { 'text/plain': { schema: Type.String() } } };
  const schema = { summary: 'Prometheus metrics', tags, security, response: { 200: text } };
  app.get('/metrics', { schema }, async (_request, reply) => {
    const { databaseUp, registry } = deps.metrics;
    // While the database cannot be reached, the last values are shown.
    if (!state.isDatabaseAway) await Promise.all([showLastRun(deps), showLastResults(deps)]);
    databaseUp.set(state.isDatabaseAway ? 0 : 1);
    return reply
      .type(registry.contentType)
      .serializer(String)
      .send(await registry.metrics());
  });
}
