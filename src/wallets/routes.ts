import Type from 'typebox';
import { asMerchant, callerOf, type RequestGuards } from '../auth/request-guards.ts';
import { toMerchantDollars } from '../core/money.ts';
import type { Deps } from '../deps.ts';
import type { App } from '../http/app-type.ts';
import { Ok, ok } from '../http/envelope.ts';
import { decodeCursor } from '../http/paging.ts';
import { Text } from '../http/validation.ts';
import { balanceOf } from './operations.ts';
import { listEntries } from './read-entries.ts';
import { EntryWire, entryKinds } from './wire.ts';

const Balance = Type.Object(
  {
    balance: Type.Number({ description: 'The available balance' }),
    pendingBalance: Type.Number({ description: 'Reserved for items in flight' }),
    escrowBalance: Type.Number({ description: 'Always 0: this gateway has no deposits' }),
    currency: Type.String(),
  },
  { $id: 'Balance' },
);

const EntryQuery = Type.Object({
  cursor: Type.Optional(Type.String({ minLength: 1, maxLength: 512 })),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100, default: 20 })),
  tradeId: Type.Optional(
    Text(1, 128, { description: 'Only entries of this trade: its id, or the externalId that you gave it' }),
  ),
  kind: Type.Optional(Type.Enum([...entryKinds])),
});

const EntryPage = Type.Object(
  {
    items: Type.Array(EntryWire),
    nextCursor: Type.Union([Type.String(), Type.Null()]),
  },
  { $id: 'EntryPage' },
);

/** `GET /v1/wallets/me/balance`, and the movements that make it up. */
export function walletRoutes(app: App, deps: Deps, guards: RequestGuards): void {
  balanceRoute(app, deps, guards);
  entriesRoute(app, deps, guards);
}

function balanceRoute(app: App, deps: Deps, guards: RequestGuards): void {
  app.get(
    '/v1/wallets/me/balance',
    {
      ...asMerchant(guards, 'balance'),
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

function entriesRoute(app: App, deps: Deps, guards: RequestGuards): void {
  app.get(
    '/v1/wallets/me/entries',
    {
      ...asMerchant(guards, 'wallet-entries'),
      schema: {
        summary: 'The movements of your wallet, newest first',
        description: '`available` and `locked` of all entries add up to `balance` and `pendingBalance`.',
        tags: ['wallet'],
        querystring: EntryQuery,
        response: { 200: Ok(EntryPage) },
      },
    },
    async (request) => {
      const { cursor, limit = 20, tradeId: tradeRef, kind } = request.query;
      const after = cursor === undefined ? undefined : decodeCursor(cursor);
      const query = { tradeRef, kind, limit, after };
      return ok(request, await listEntries(deps, callerOf(request).merchantId, query));
    },
  );
}
