import Type, { type Static } from 'typebox';
import { idOfName } from '../core/ids.ts';
import { add, type Mills, NOTHING, subtract, toMerchantDollars } from '../core/money.ts';
import type { TransferRow } from '../db/tables.ts';
import { AVAILABLE, LOCKED } from '../ledger/book.ts';
import type { WholeTransfer } from './queries.ts';

/** Movements of money as merchants see them, without the cost at the supplier. */

const Dollars = (description: string) => Type.Number({ description });
const Time = Type.String({ format: 'date-time' });

export const entryKinds = ['credit', 'debit', 'reserve', 'release', 'capture', 'refund', 'penalty'] as const;
export type EntryKind = (typeof entryKinds)[number];

export const EntryWire = Type.Object(
  {
    id: Type.String({ format: 'uuid' }),
    kind: Type.Enum([...entryKinds]),
    at: Time,
    amount: Dollars('US dollars, more than 0, whole cents'),
    available: Dollars('The change of `balance`'),
    locked: Dollars('The change of `pendingBalance`'),
    tradeId: Type.Optional(Type.String({ format: 'uuid' })),
    tradeExternalId: Type.Optional(Type.String()),
    itemId: Type.Optional(Type.String({ description: 'The `id` of the item in the trade: its listing id' })),
    itemExternalId: Type.Optional(Type.String()),
  },
  { $id: 'Entry' },
);
export type EntryWire = Static<typeof EntryWire>;

/** Derived from the transfer's key, which may contain an operator's reference and is not shown. */
export function entryId(transfer: Pick<TransferRow, 'merchant_id' | 'key'>): string {
  return idOfName(transfer.merchant_id, transfer.key);
}

export function entryToWire(transfer: WholeTransfer): EntryWire {
  const amount = add(transfer.amount_mills, transfer.second_mills ?? NOTHING);
  const { kind, trade_id: tradeId, trade_external_id: tradeExternalId } = transfer;
  const { listing_id: itemId, item_external_id: itemExternalId } = transfer;
  return {
    id: entryId(transfer),
    kind: kind === 'fee' ? 'capture' : kind,
    at: transfer.at.toISOString(),
    amount: toMerchantDollars(amount),
    available: toMerchantDollars(gainOf(AVAILABLE, transfer, amount)),
    locked: toMerchantDollars(gainOf(LOCKED, transfer, amount)),
    ...(tradeId !== null && { tradeId }),
    ...(tradeExternalId !== null && { tradeExternalId }),
    ...(itemId !== null && { itemId }),
    ...(itemExternalId !== null && { itemExternalId }),
  };
}

/** By how much a transfer of this amount changes an account. */
export function gainOf(
  account: string,
  { from_account, to_account }: Pick<TransferRow, 'from_account' | 'to_account'>,
  amount: Mills,
): Mills {
  if (to_account === account) return amount;
  return from_account === account ? subtract(NOTHING, amount) : NOTHING;
}

const Nothing = Type.Null();

/** In the form of the public API, which has explicit nulls here. */
export const LedgerTransactionWire = Type.Object(
  {
    id: Type.String(),
    type: Type.Enum(['ADMIN_CREDIT', 'ADMIN_DEBIT']),
    status: Type.Literal('POSTED'),
    amount: Type.Object({
      usd: Dollars('US dollars, more than 0 for debits as well'),
      crypto: Type.Literal('0'),
      token: Nothing,
      chain: Nothing,
    }),
    fee: Type.Literal(0),
    address: Nothing,
    txnHash: Nothing,
    timestamps: Type.Object({ created: Time, completed: Time, updated: Time }),
  },
  { $id: 'Transaction' },
);
export type LedgerTransactionWire = Static<typeof LedgerTransactionWire>;

const TextOrNull = Type.Union([Type.String(), Type.Null()]);
const TimeOrNull = Type.Union([Time, Type.Null()]);

/** A deposit or withdrawal in the form of the public API; this gateway has none. */
export const LedgerTransactionDetailsWire = Type.Object(
  {
    id: Type.String(),
    type: Type.String(),
    status: Type.String(),
    amount: Type.Object({
      usd: Type.Number(),
      crypto: Type.String(),
      token: TextOrNull,
      chain: TextOrNull,
      exchangeRate: Type.String(),
    }),
    fee: Type.Number(),
    address: TextOrNull,
    txnHash: TextOrNull,
    timestamps: Type.Object({ created: Time, completed: TimeOrNull, updated: Time, expired: TimeOrNull }),
  },
  { $id: 'TransactionDetails' },
);

export function ledgerTransactionToWire(transfer: TransferRow): LedgerTransactionWire {
  const at = transfer.at.toISOString();
  return {
    id: entryId(transfer),
    type: transfer.kind === 'debit' ? 'ADMIN_DEBIT' : 'ADMIN_CREDIT',
    status: 'POSTED',
    amount: { usd: toMerchantDollars(transfer.amount_mills), crypto: '0', token: null, chain: null },
    fee: 0,
    address: null,
    txnHash: null,
    timestamps: { created: at, completed: at, updated: at },
  };
}
