import Type from 'typebox';
import { inTransaction } from '../db/transaction.ts';
import type { Deps } from '../deps.ts';
import type { App } from '../http/app-type.ts';
import { Ok, ok } from '../http/envelope.ts';
import { asMerchant, callerOf, type Gatekeeper } from '../http/merchant-routes.ts';
import { switchOn } from './switch.ts';

const CallbackUrl = Type.Object({
  url: Type.Union([Type.String(), Type.Null()]),
  enabled: Type.Boolean({ description: 'Whether callbacks are sent there' }),
});

/** The merchant's own way back after its URL was switched off (DESIGN 4.6). */
export function callbackSwitchRoutes(app: App, deps: Deps, gatekeeper: Gatekeeper): void {
  app.post(
    '/v1/callbacks/url/enable',
    {
      ...asMerchant(gatekeeper, 'callback-url'),
      schema: {
        summary: 'Have callbacks sent again, with all that waited; harmless when they are on',
        tags: ['callbacks'],
        response: { 200: Ok(CallbackUrl) },
      },
    },
    async (request) => {
      const { merchantId } = callerOf(request);
      await inTransaction(deps, (trx) => switchOn(deps, trx, merchantId));
      const merchant = await deps.db
        .selectFrom('merchant')
        .select(['callback_url as url', 'callback_disabled_at'])
        .where('id', '=', merchantId)
        .executeTakeFirstOrThrow();
      return ok(request, { url: merchant.url, enabled: merchant.callback_disabled_at === null });
    },
  );
}
