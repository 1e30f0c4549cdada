import type { Metrics } from '../metrics.ts';
import type { App } from './app-type.ts';

/** One log line and one measurement a request: enough to find it by its id, and never a header or a body. The id goes back as a header too. */
export function measureRequests(app: App, metrics: Metrics): void {
  app.addHook('onSend', async (request, reply) => {
    reply.header('x-request-id', request.id);
  });
  app.addHook('onResponse', async (request, reply) => {
    const route = request.routeOptions.url ?? 'none';
    metrics.httpSeconds.observe({ route, status: String(reply.statusCode) }, reply.elapsedTime / 1000);
    const { method, params } = request;
    request.log.info({ method, route, params, status: reply.statusCode, ms: reply.elapsedTime }, 'request');
  });
}
