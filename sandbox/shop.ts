import type { FastifyInstance } from 'fastify';
import { systemClock } from '../src/core/clock.ts';
import { isTestPing, verify } from '../src/core/webhooks.ts';
import type { SandboxPlugin } from './marketplace/server.ts';
import type { SandboxStore } from './marketplace/store.ts';
import { Approvals, readMode } from './shop-approvals.ts';
import { ReceivedCallbacks } from './shop-callbacks.ts';

/** The setting with the demo merchant's copy of its secret. */
const SECRET_SETTING = 'shop.api_secret';

/**
 * The demo merchant's callback receiver: it verifies the signature of the raw body, stores each callback once, answers approval
 * requests according to its mode, and answers 401 to messages that it cannot verify.
 */
export const shop: SandboxPlugin = async (app, { store }) => {
  const received = new ReceivedCallbacks(store);
  const approvals = new Approvals(store);
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));

  app.put('/shop/secret', async (request) => {
    store.setSetting(SECRET_SETTING, String(request.body));
    return { ok: true };
  });
  takeCallbacks(app, store, received, approvals);
  app.get<{ Querystring: { trade?: string } }>('/shop/callbacks', async (request) => ({
    callbacks: received.list(request.query.trade),
  }));
  chooseAnswers(app, approvals);
};

function takeCallbacks(
  app: FastifyInstance,
  store: SandboxStore,
  received: ReceivedCallbacks,
  approvals: Approvals,
): void {
  app.post<{ Body: Buffer | undefined }>('/shop/callbacks', async ({ headers, body }, reply) => {
    if (isTestPing(body)) return { ok: true };
    const secret = store.setting(SECRET_SETTING);
    if (secret === null) return reply.code(503).send({ refused: 'no secret yet' });
    const verdict = verify({ secret, headers, body, now: systemClock.now() });
    if (!verdict.ok) return reply.code(401).send({ refused: verdict.reason });
    if (verdict.kind === 'approval') {
      const answer = approvals.answer(verdict.payload.trade);
      return reply.code(answer.status).headers(answer.headers).send(answer.body);
    }
    if (verdict.kind === 'trade') received.take(verdict.id, verdict.payload.trade);
    return { ok: true };
  });
}

function chooseAnswers(app: FastifyInstance, approvals: Approvals): void {
  const shown = () => ({ approvals: approvals.mode, questions: approvals.list() });

  app.get('/shop/approvals', async () => shown());

  app.put('/shop/approvals', async (request, reply) => {
    const mode = readMode(String(request.body));
    if (mode === null) return reply.code(400).send({ refused: 'no such mode' });
    approvals.mode = mode;
    return shown();
  });
}
