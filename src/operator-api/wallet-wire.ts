import Type, { type Static } from 'typebox';
import { errors } from '../core/errors.ts';
import { decimal, type Mills, parseDollars } from '../core/money.ts';
import type { FundingRequestRow } from '../db/tables.ts';
import type { Deps } from '../deps.ts';
import { Matching } from '../http/validation.ts';
import { namesOfMerchants } from '../merchants/queries.ts';
import type { Movement } from '../wallets/movements.ts';
import { transferKinds } from '../wallets/queries.ts';
import type { CsvColumn } from './csv.ts';
import { Dollars, Id, iso, orNull, Time } from './wire.ts';

/** Movements of money and requests for them, as people see them. */

/** Wallets have whole cents: merchants get their amounts as numbers with two decimals. */
export const Amount = Matching('^\\d{1,12}(\\.\\d{1,2})?$', 'must be dollars as text, such as 250 or 99.50');

/** @throws VALIDATION_FAILED for `field` when it is 0 */
export function readAmount(field: string, text: string): Mills {
  const amount = parseDollars(text, 2);
  if (amount === null || amount === 0n) throw errors.validationFailed({ [field]: 'must be more than 0' });
  return amount;
}

export const MovementWire = Type.Object(
  {
    id: Id,
    at: Time(),
    type: Type.Enum([...transferKinds]),
    amount: Dollars,
    available: Type.String({ description: 'The change of the available balance, in dollars' }),
    locked: Type.String({ description: 'The change of what is reserved, in dollars' }),
    tradeId: orNull(Id),
    tradeExternalId: orNull(Type.String()),
    itemId: orNull(Type.String({ description: 'The item’s listing id' })),
    itemExternalId: orNull(Type.String()),
    booking: Type.Union(
      [
        Type.Object({
          from: Type.String({ description: 'An account of the ledger' }),
          to: Type.String(),
          key: Type.String({ description: 'Under which it is booked once; it has the reference of a credit or debit' }),
          actor: Type.String(),
        }),
        Type.Null(),
      ],
      { description: 'null for members of a merchant' },
    ),
  },
  { $id: 'Movement' },
);

export function movementToWire(movement: Movement): Static<typeof MovementWire> {
  const { kind, at, amount, available, locked, ...rest } = movement;
  return {
    ...rest,
    type: kind,
    at: iso(at),
    amount: decimal(amount),
    available: decimal(available),
    locked: decimal(locked),
  };
}

const columnsOfAll = [
  ['at', ({ at }) => at.toISOString()],
  ['type', ({ kind }) => kind],
  ['amount', ({ amount }) => ({ number: decimal(amount) })],
  ['available', ({ available }) => ({ number: decimal(available) })],
  ['locked', ({ locked }) => ({ number: decimal(locked) })],
  ['trade_id', ({ tradeId }) => tradeId],
  ['trade_external_id', ({ tradeExternalId }) => tradeExternalId],
  ['item_id', ({ itemId }) => itemId],
  ['item_external_id', ({ itemExternalId }) => itemExternalId],
  ['id', ({ id }) => id],
] as const satisfies readonly CsvColumn<Movement>[];

const columnsOfStaff = [
  ...columnsOfAll,
  ['from', ({ booking }) => booking?.from ?? null],
  ['to', ({ booking }) => booking?.to ?? null],
  ['key', ({ booking }) => booking?.key ?? null],
  ['actor', ({ booking }) => booking?.actor ?? null],
] as const satisfies readonly CsvColumn<Movement>[];

export function movementColumns(isStaff: boolean): readonly CsvColumn<Movement>[] {
  return isStaff ? columnsOfStaff : columnsOfAll;
}

export const FundingRequestWire = Type.Object(
  {
    id: Id,
    kind: Type.Enum(['credit', 'debit', 'limit'], { description: '`limit`: to raise or lift the limit itself' }),
    merchant: orNull(Type.Object({ id: Id, name: Type.String() })),
    amount: Type.Union([Dollars, Type.Null()], { description: 'null: no limit' }),
    reference: orNull(Type.String()),
    reason: Type.String(),
    requestedBy: Type.String(),
    requestedAt: Time(),
    state: Type.Enum(['waiting', 'approved', 'rejected']),
    decidedBy: orNull(Type.String()),
    decidedAt: orNull(Time()),
  },
  { $id: 'FundingRequest' },
);

export async function requestsToWire(
  deps: Pick<Deps, 'db'>,
  requests: readonly FundingRequestRow[],
): Promise<Static<typeof FundingRequestWire>[]> {
  const names = await namesOfMerchants(
    deps,
    requests.flatMap(({ merchant_id: id }) => id ?? []),
  );
  return requests.map((request) => requestToWire(request, names));
}

function requestToWire(
  request: FundingRequestRow,
  names: ReadonlyMap<string, string>,
): Static<typeof FundingRequestWire> {
  const { merchant_id: merchantId, amount_mills: amount } = request;
  return {
    id: request.id,
    kind: request.kind,
    merchant: merchantId === null ? null : { id: merchantId, name: names.get(merchantId) ?? '' },
    amount: amount === null ? null : decimal(amount),
    reference: request.reference,
    reason: request.reason,
    requestedBy: request.requested_by,
    requestedAt: iso(request.requested_at),
    state: request.decision ?? 'waiting',
    decidedBy: request.decided_by,
    decidedAt: iso(request.decided_at),
  };
}
