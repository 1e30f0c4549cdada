import Type from 'typebox';
import type { Deps } from '../deps.ts';
import type { App } from '../http/app-type.ts';
import { Ok, ok } from '../http/envelope.ts';
import { asMerchant, callerOf, type Gatekeeper } from '../http/merchant-routes.ts';
import { toMerchantDollars } from '../money.ts';
import { balanceOf } from './operations.ts';

const Balance = Type.Object({
  balance: Type.Number({ description: 'What can be spent' }),
  pendingBalance: Type.Number({ description: 'Reserved for items that are under way' }),
  escrowBalance: Type.Number({ description: 'Always 0: this gateway takes no deposits' }),
  currency: Type.String(),
});

/** `GET /v1/wallets/me/balance` (wire-api §4.8). */
export function walletRoutes(app: App, deps: Deps, gatekeeper: Gatekeeper): void {
  app.get(
    '/v1/wallets/me/balance',
    {
      ...asMerchant(gatekeeper, 'balance'),
      schema: { summary: 'Balance of the wallet, in US dollars', tags: ['wallet'], response: { 200: Ok(Balance) } },
    },
    async (request) => {
      const { available, locked } = await balanceOf(deps, callerOf(request).merchantId);
      return ok(request, {
        balance: toMerchantDollars(available),
        pendingBalance: toMerchantDollars(locked),
        escrowBalance: 0,
        currency: 'USD',
      });
    },
  );
}
