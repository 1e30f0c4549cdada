import { sql } from 'kysely';
import Type from 'typebox';
import type { Deps } from '../deps.ts';
import { showLastRun } from '../verify/show-last-run.ts';
import type { App } from './app-type.ts';
import { Ok, ok } from './envelope.ts';

const Health = Type.Object({
  status: Type.Literal('ok'),
  timestamp: Type.String({ format: 'date-time' }),
  uptime: Type.Number({ description: 'Seconds since this process started' }),
  maintenance: Type.Object({ mode: Type.String() }),
});

/** `GET /health`, which also asks the database, and `GET /metrics`. Neither needs a key. */
export function healthRoutes(app: App, deps: Deps): void {
  app.get(
    '/health',
    {
      schema: {
        summary: 'Whether requests can be served',
        tags: ['operation'],
        security: [],
        response: { 200: Ok(Health) },
      },
    },
    async (request) => {
      await sql`select 1`.execute(deps.db);
      const timestamp = deps.clock.now().toISOString();
      return ok(request, { status: 'ok' as const, timestamp, uptime: process.uptime(), maintenance: { mode: 'off' } });
    },
  );

  app.get(
    '/metrics',
    {
      schema: {
        summary: 'Prometheus metrics',
        tags: ['operation'],
        security: [],
        response: {
          200: { description: 'Prometheus’ text format', content: { 'text/plain': { schema: Type.String() } } },
        },
      },
    },
    async (_request, reply) => {
      await showLastRun(deps);
      const { registry } = deps.metrics;
      return reply
        .type(registry.contentType)
        .serializer(String)
        .send(await registry.metrics());
    },
  );
}
