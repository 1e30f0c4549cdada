import Type from 'typebox';
import { errors } from '../core/errors.ts';
import type { Deps } from '../deps.ts';
import type { App } from '../http/app-type.ts';
import { Ok, ok } from '../http/envelope.ts';

const HINT_LIMIT_BYTES = 64 * 1024;

/**
 * `POST /suppliers/{id}/hint`: where suppliers push. A hint makes its orders due to be read, and nothing else
 * (DESIGN 4.3); a forged, doubled or late one costs a read at most. Register it in a scope of its own: it takes raw text.
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
        response: { 200: Ok(Type.Object({ orders: Type.Integer() })) },
      },
    },
    async (request) => {
      const { push } = deps.suppliers.find(request.params.supplier) ?? {};
      if (!push) throw errors.of('NOT_FOUND');
      const references = push.readHint(request.headers, typeof request.body === 'string' ? request.body : '');
      if (references === null) throw errors.of('FORBIDDEN', { message: 'The hint is not authentic.' });
      await makeDue(deps, request.params.supplier, references);
      deps.signals.emit('ordersDue', request.params.supplier);
      return ok(request, { orders: references.length });
    },
  );
}

/** Makes the orders of these references due to be read now. */
export async function makeDue(deps: Deps, supplier: string, references: readonly string[]): Promise<void> {
  if (references.length === 0) return;
  await deps.db
    .updateTable('purchase')
    .set({ due_at: deps.clock.now() })
    .where('reference', 'in', [...references])
    .where('supplier', '=', supplier)
    // What was refused is looked at as well: should there be an order after all, somebody must know.
    .where('state', 'in', ['done', 'unknown', 'refused'])
    .execute();
}
