import type { FastifyRequest } from 'fastify';
import Type from 'typebox';
import { errors } from '../core/errors.ts';
import type { Deps } from '../deps.ts';
import type { App } from '../http/app-type.ts';
import { Ok, ok } from '../http/envelope.ts';
import { showLastRun } from '../verify/show-last-run.ts';

const Health = Type.Object({
  status: Type.Literal('ok'),
  timestamp: Type.String({ format: 'date-time' }),
  uptime: Type.Number({ description: 'Seconds since this process started' }),
  maintenance: Type.Object({ mode: Type.String() }),
});

/** What a node is asked about itself. */
export interface NodeState {
  /** Asks the database whether it takes writes. */
  isWritable(): Promise<boolean>;
  /** Whether the database could not be reached when it was last tried. */
  readonly isDatabaseAway: boolean;
  /** Kinds of due work that stand still. */
  readonly stuck: readonly string[];
}

/** A database that is there answers at once; whoever asks for the health wants to know soon. */
const DATABASE_ANSWERS_WITHIN_MS = 2000;
const RETRY_AFTER_SECONDS = 5;

const tags = ['operation'];
const security: [] = [];
const response = { 200: Ok(Health) };

/**
 * `GET /health/ready` and `/health`: whether requests can be served, which asks the database; `GET /health/live`: whether
 * this process does its work, or should be started anew; `GET /metrics`. None needs a key.
 */
export function healthRoutes(app: App, deps: Deps, state: NodeState): void {
  const healthOf = (request: FastifyRequest) => {
    const timestamp = deps.clock.now().toISOString();
    return ok(request, { status: 'ok' as const, timestamp, uptime: process.uptime(), maintenance: { mode: 'off' } });
  };
  for (const path of ['/health', '/health/ready']) {
    const summary = 'Whether requests can be served: the database takes writes, and due work goes on';
    app.get(path, { schema: { summary, tags, security, response } }, async (request) => {
      requireMoving(state);
      await requireWritable(deps, state);
      return healthOf(request);
    });
  }
  const summary = 'Whether this process works; if not, it should be started anew';
  app.get('/health/live', { schema: { summary, tags, security, response } }, async (request) => {
    requireMoving(state);
    return healthOf(request);
  });
  metricsRoute(app, deps, state);
}

function requireMoving({ stuck }: NodeState): void {
  if (stuck.length === 0) return;
  throw notReady(`Due work stands still: ${stuck.join(', ')}. Start this node anew; what is due is in the database.`);
}

async function requireWritable(deps: Deps, state: NodeState): Promise<void> {
  const late = Promise.withResolvers<null>();
  const timer = setTimeout(() => late.resolve(null), DATABASE_ANSWERS_WITHIN_MS);
  const asked = state.isWritable().catch((error: unknown) => {
    deps.log.debug({ err: error }, 'not ready');
    return undefined;
  });
  const answer = await Promise.race([asked, late.promise]).finally(() => clearTimeout(timer));
  if (answer === true) return;
  if (answer === false) throw notReady('The database takes no writes.');
  if (answer === null) throw notReady(`The database gives no answer within ${DATABASE_ANSWERS_WITHIN_MS} ms.`);
  throw notReady('The database is away.');
}

function notReady(message: string) {
  return errors.of('SERVICE_UNAVAILABLE', { message, retryAfterSeconds: RETRY_AFTER_SECONDS });
}

function metricsRoute(app: App, deps: Deps, state: NodeState): void {
  const text = { description: 'Prometheus’ text format', content: { 'text/plain': { schema: Type.String() } } };
  const schema = { summary: 'Prometheus metrics', tags, security, response: { 200: text } };
  app.get('/metrics', { schema }, async (_request, reply) => {
    const { databaseUp, registry } = deps.metrics;
    // While the database is away, what was measured last is shown without waiting for it.
    if (!state.isDatabaseAway) await showLastRun(deps);
    databaseUp.set(state.isDatabaseAway ? 0 : 1);
    return reply
      .type(registry.contentType)
      .serializer(String)
      .send(await registry.metrics());
  });
}
