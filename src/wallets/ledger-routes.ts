import Type from 'typebox';
import { asMerchant, callerOf, type RequestGuards } from '../auth/request-guards.ts';
import { errors } from '../core/errors.ts';
import type { Deps } from '../deps.ts';
import type { App } from '../http/app-type.ts';
import { Ok, ok } from '../http/envelope.ts';
import { given, orNull } from '../http/nullable.ts';
import { Text } from '../http/validation.ts';
import { fundingStatuses, fundingTypes, listFunding } from './read-funding.ts';
import { LedgerTransactionDetailsWire, LedgerTransactionWire } from './wire.ts';

const Day = (description: string) => orNull(Type.String({ format: 'date-time', description }));

const ListQuery = Type.Object({
  type: Type.Optional(Type.Enum([...fundingTypes], { description: 'Every value gives an empty list' })),
  status: Type.Optional(Type.Enum([...fundingStatuses], { description: 'Every value gives an empty list' })),
  startDate: Day('Only entries created at or after this time'),
  endDate: Day('Only entries created at or before this time'),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100, default: 50 })),
  offset: orNull(Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER, default: 0 })),
});

const FundingPage = Type.Object(
  {
    items: Type.Array(LedgerTransactionWire),
    pagination: Type.Object({
      page: Type.Integer({ description: 'From 1: the page of `limit` entries that has `offset`' }),
      limit: Type.Integer(),
      total: Type.Integer(),
      totalPages: Type.Integer(),
    }),
  },
  { $id: 'TransactionPage' },
);

const tags = ['wallet'];

/** `GET /v1/ledger/transactions` and `…/{transactionId}`: movements of funding, not of trades. */
export function ledgerRoutes(app: App, deps: Deps, guards: RequestGuards): void {
  app.get(
    '/v1/ledger/transactions',
    {
      ...asMerchant(guards, 'ledger'),
      schema: {
        summary: 'The operator’s credits and debits of your wallet, newest first',
        description: 'Movements of trades are in `/v1/wallets/me/entries`.',
        tags,
        querystring: ListQuery,
        response: { 200: Ok(FundingPage) },
      },
    },
    async (request) => {
      const { type, status, limit = 50, ...query } = request.query;
      const wanted = { type, status, startDate: given(query.startDate), endDate: given(query.endDate) };
      const offset = given(query.offset) ?? 0;
      return ok(request, await listFunding(deps, callerOf(request).merchantId, { ...wanted, limit, offset }));
    },
  );

  app.get(
    '/v1/ledger/transactions/:transactionId',
    {
      ...asMerchant(guards, 'ledger'),
      schema: {
        summary: 'One deposit or withdrawal; none exist',
        description:
          'Always 404: this gateway has no deposits and withdrawals, and by the API the operator’s credits and debits are not shown here.',
        tags,
        params: Type.Object({ transactionId: Text(1, 128) }),
        response: { 200: Ok(LedgerTransactionDetailsWire) },
      },
    },
    async () => {
      throw errors.of('NOT_FOUND', { message: 'There is no deposit or withdrawal with this id.' });
    },
  );
}
