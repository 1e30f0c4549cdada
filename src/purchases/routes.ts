import Type from 'typebox';
import { errors } from '../core/errors.ts';
import type { Deps } from '../deps.ts';
import type { App } from '../http/app-type.ts';
import { Ok, ok } from '../http/envelope.ts';
import { makeOrdersDue } from './store.ts';

const HINT_LIMIT_BYTES = 64 * 1024;

/**
 * `POST /suppliers/{id}/hint`: receives suppliers' pushes. A push is only a hint: it makes the orders that it names due
 * to be read, and nothing else. A forged, repeated or late hint costs one read at most.
 *
 * Register this in a scope of its own, because it reads bodies as raw text.
 */
export function hintRoutes(app: App, deps: Deps): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'string', bodyLimit: HINT_LIMIT_BYTES }, (_request, body, done) => {
    done(null, body);
  });
  app.post(
    '/suppliers/:supplier/hint',
    {
      schema: {
        hide: true,
        params: Type.Object({ supplier: Type.String({ maxLength: 64 }) }),
        response: { 200: Type.Union([Ok(Type.Object({ orders: Type.Integer() })), Type.String()]) },
      },
    },
    async (request, reply) => {
      const { push } = deps.suppliers.find(request.params.supplier) ?? {};
      if (!push) throw errors.of('NOT_FOUND');
      const references = push.readHint(request.headers, typeof request.body === 'string' ? request.body : '');
      if (references === null) throw errors.of('FORBIDDEN', { message: 'The hint is not authentic.' });
      deps.metrics.supplierHints.inc({ supplier: request.params.supplier });
      await makeOrdersDue(deps, request.params.supplier, references);
      deps.signals.emit('ordersDue', request.params.supplier);
      if (push.receipt !== undefined) return reply.type('text/plain').send(push.receipt);
      return ok(request, { orders: references.length });
    },
  );
}
