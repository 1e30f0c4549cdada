import type { FastifyRequest } from 'fastify';
import Type, { type Static } from 'typebox';
import { errors } from '../core/errors.ts';
import { decimal } from '../core/money.ts';
import type { App } from '../http/app-type.ts';
import { Ok, ok } from '../http/envelope.ts';
import { Instant, readRange } from '../http/instants.ts';
import { decodeCursor } from '../http/paging.ts';
import { eachPage, listMovements, type MovementFilter, type View } from '../wallets/movements.ts';
import { accountsOf, balanceOf } from '../wallets/operations.ts';
import { transferKinds } from '../wallets/queries.ts';
import { entryKinds } from '../wallets/wire.ts';
import { CsvFile, csvParts, FORMULAS_ARE_DISARMED, sendCsv } from './csv.ts';
import { asPerson, isStaff, type PersonGuards } from './guard.ts';
import { balanceToWire, MerchantParams, requireKnownMerchant } from './merchant-wire.ts';
import { LIMIT_USUAL, pageQuery } from './pages.ts';
import { MovementWire, movementColumns, movementToWire } from './wallet-wire.ts';
import { Dollars, Id, orNull } from './wire.ts';

const WalletWire = Type.Object(
  {
    merchantId: Id,
    available: Dollars,
    locked: Dollars,
    accounts: Type.Union([Type.Array(Type.Object({ name: Type.String(), balance: Dollars })), Type.Null()], {
      description: 'All accounts of the merchant’s ledger, the operator’s included; null for members of a merchant',
    }),
  },
  { $id: 'Wallet' },
);

const filters = {
  type: Type.Optional(
    Type.Enum([...transferKinds], {
      description: '`fee` for staff only: members see it in the price that it is a part of',
    }),
  ),
  from: Type.Optional(Instant('Only movements at or after this time')),
  to: Type.Optional(Instant('Only movements before this time')),
};
const FilterQuery = Type.Object(filters);
type Filters = Static<typeof FilterQuery>;

const tags = ['wallets'];

/** A merchant's balances and what moved them. */
export function walletRoutes(app: App, guards: PersonGuards): void {
  balanceRoute(app, guards);
  entriesRoute(app, guards);
  csvRoute(app, guards);
}

function balanceRoute(app: App, guards: PersonGuards): void {
  const { deps } = guards;

  app.get(
    '/operator/v1/merchants/:merchantId/wallet',
    {
      ...asPerson(guards, 'read'),
      schema: { summary: 'A merchant’s balances', tags, params: MerchantParams, response: { 200: Ok(WalletWire) } },
    },
    async (request) => {
      const { merchantId } = request.params;
      await requireKnownMerchant(deps, merchantId);
      const accounts = isStaff(request) ? await accountsOf(deps, merchantId) : null;
      return ok(request, {
        merchantId,
        ...balanceToWire(await balanceOf(deps, merchantId)),
        accounts: accounts?.map(({ name, balance }) => ({ name, balance: decimal(balance) })) ?? null,
      });
    },
  );
}

function entriesRoute(app: App, guards: PersonGuards): void {
  const { deps } = guards;

  app.get(
    '/operator/v1/merchants/:merchantId/entries',
    {
      ...asPerson(guards, 'read'),
      schema: {
        summary: 'The movements of a merchant’s money, newest first',
        description:
          'Staff see the movements between all accounts of the ledger. Members see those of the wallet, as their own code does: ' +
          'a price is one movement.',
        tags,
        params: MerchantParams,
        querystring: Type.Object({
          ...filters,
          ...pageQuery,
          cursor: Type.Optional(Type.String({ minLength: 1, maxLength: 512 })),
        }),
        response: {
          200: Ok(
            Type.Object(
              { items: Type.Array(MovementWire), nextCursor: orNull(Type.String()) },
              { $id: 'MovementPage' },
            ),
          ),
        },
      },
    },
    async (request) => {
      const { cursor, limit = LIMIT_USUAL, ...wanted } = request.query;
      const { id } = await requireKnownMerchant(deps, request.params.merchantId);
      const after = cursor === undefined ? undefined : decodeCursor(cursor);
      const { items, nextCursor } = await listMovements(deps, filterOf(request, id, wanted), { after, limit });
      return ok(request, { items: items.map(movementToWire), nextCursor });
    },
  );
}

function csvRoute(app: App, guards: PersonGuards): void {
  const { deps } = guards;

  app.get(
    '/operator/v1/merchants/:merchantId/entries.csv',
    {
      ...asPerson(guards, 'read'),
      // A HEAD request would make the whole file to send nothing of it.
      exposeHeadRoute: false,
      schema: {
        summary: 'The same movements as a file for spreadsheets',
        description: `All of them. ${FORMULAS_ARE_DISARMED}`,
        tags,
        params: MerchantParams,
        querystring: FilterQuery,
        response: { 200: CsvFile() },
      },
    },
    async (request, reply) => {
      const { id } = await requireKnownMerchant(deps, request.params.merchantId);
      const pages = eachPage(deps, filterOf(request, id, request.query));
      return sendCsv(reply, `entries-${id}.csv`, csvParts(movementColumns(isStaff(request)), pages));
    },
  );
}

/** @throws VALIDATION_FAILED for a range that ends before it begins, and for a type that members do not see */
function filterOf(request: FastifyRequest, merchantId: string, { type, from, to }: Filters): MovementFilter {
  const made = readRange({ ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) });
  return { merchantId, made, view: viewOf(request, type) };
}

function viewOf(request: FastifyRequest, type: Filters['type']): View {
  if (isStaff(request)) return { of: 'operator', kind: type };
  const kind = entryKinds.find((known) => known === type);
  if (type !== undefined && kind === undefined) {
    throw errors.validationFailed({ type: `must be one of ${JSON.stringify(entryKinds)}` });
  }
  return { of: 'merchant', kind };
}
