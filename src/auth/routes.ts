import Type from 'typebox';
import type { Deps } from '../deps.ts';
import type { App } from '../http/app-type.ts';
import { Ok, ok } from '../http/envelope.ts';
import { SteamId, TradeUrl } from '../http/fields.ts';
import { Text } from '../http/validation.ts';
import { issueToken } from './issue-token.ts';
import { asMerchant, callerOf, type RequestGuards } from './request-guards.ts';

/** A merchant's data about its user. It is stored in the token and not used here. */
const ClientData = Type.Object({
  totalWager: Type.Optional(Type.Number({ minimum: 0 })),
  registrationDate: Type.Optional(Type.Union([Type.String({ format: 'date-time', maxLength: 64 }), Type.Null()])),
  kycHash: Type.Optional(Text(0, 1024)),
  kycLevel: Type.Optional(Type.Integer({ minimum: 0 })),
  fiatDeposits: Type.Optional(Type.Boolean()),
  cryptoDeposits: Type.Optional(Type.Boolean()),
});

const Body = Type.Object(
  {
    clientSteamId: SteamId,
    clientTradeUrl: TradeUrl,
    clientId: Type.Optional(Text(0, 128, { description: 'Your own id of the user; trades show it' })),
    clientData: Type.Optional(ClientData),
  },
  { additionalProperties: false },
);

/** `POST /auth/authenticate-client`. */
export function tokenRoutes(app: App, deps: Deps, guards: RequestGuards): void {
  app.post(
    '/auth/authenticate-client',
    {
      ...asMerchant(guards, 'client-token'),
      schema: {
        summary: 'Get a token for one of your users',
        description: 'The token is valid for a day. You can also sign it yourself with your API secret.',
        tags: ['clients'],
        body: Body,
        response: { 200: Ok(Type.Object({ token: Type.String() })) },
      },
    },
    async (request) => {
      const { clientSteamId: steamId, clientTradeUrl: tradeUrl, clientId, clientData } = request.body;
      const client = { steamId, tradeUrl, clientId: clientId || null };
      const token = await issueToken(deps, callerOf(request).merchantId, client, clientData ?? null);
      return ok(request, { token });
    },
  );
}
