import Type, { type Static } from 'typebox';
import type { CallbackAttemptRow } from '../db/tables.ts';
import { TradeWire } from '../trades/wire.ts';
import type { CallbackSummary, CallbackWithAttempts } from './log-queries.ts';

/** Callbacks as merchants see them. Absent fields are omitted, never null, as in trades. */

const Time = (description?: string) => Type.String({ format: 'date-time', ...(description ? { description } : {}) });

export const callbackStates = ['pending', 'delivered', 'failed'] as const;

const fields = {
  id: Type.String({ format: 'uuid', description: 'As in the signature; the same over all attempts' }),
  tradeId: Type.String({ format: 'uuid' }),
  number: Type.Integer({ description: 'Grows with each callback of a trade; they are sent in this order' }),
  state: Type.Enum([...callbackStates]),
  attempts: Type.Integer({ description: 'How often it was sent until now, one that is under way included' }),
  createdAt: Time('When the step happened'),
  deliveredAt: Type.Optional(Time('When it was taken')),
  nextAttemptAt: Type.Optional(
    Time('While it is pending: not sooner, and after the earlier ones of its trade; absent while callbacks are off'),
  ),
  lastStatus: Type.Optional(Type.Integer({ description: 'HTTP status of the last answer' })),
  lastFailure: Type.Optional(Type.String({ description: 'Why the last attempt was none' })),
};

export const CallbackWire = Type.Object(fields, { $id: 'Callback' });

const AttemptWire = Type.Object({
  number: Type.Integer(),
  at: Time(),
  durationMs: Type.Integer(),
  status: Type.Optional(Type.Integer()),
  failure: Type.Optional(Type.String()),
  response: Type.Optional(Type.String({ description: 'The first 4 KB of the answer' })),
});

export const CallbackDetailsWire = Type.Object(
  {
    ...fields,
    body: Type.String({ description: 'The bytes that are signed and sent' }),
    attemptDetails: Type.Array(AttemptWire, { description: 'The newest 200 attempts that have ended, oldest first' }),
  },
  { $id: 'CallbackDetails' },
);

export const EventWire = Type.Object(
  {
    cursor: Type.String({ description: 'Opaque; where this event stands in the log' }),
    id: Type.String({ format: 'uuid', description: 'The id of its callback' }),
    trade: TradeWire,
    createdAt: Time('When the step happened'),
  },
  { $id: 'Event' },
);

export type CallbackWire = Static<typeof CallbackWire>;
export type CallbackDetailsWire = Static<typeof CallbackDetailsWire>;
export type EventWire = Static<typeof EventWire>;

export function callbackToWire(callback: Omit<CallbackSummary, 'merchantId'>): CallbackWire {
  const { deliveredAt, dueAt, lastStatus, lastFailure } = callback;
  return {
    id: callback.id,
    tradeId: callback.tradeId,
    number: callback.number,
    state: callback.state,
    attempts: callback.attempts,
    createdAt: callback.createdAt.toISOString(),
    ...(deliveredAt && { deliveredAt: deliveredAt.toISOString() }),
    ...(dueAt && { nextAttemptAt: dueAt.toISOString() }),
    ...(lastStatus !== null && { lastStatus }),
    ...(lastFailure !== null && { lastFailure }),
  };
}

export function callbackDetailsToWire({ callback, attempts }: CallbackWithAttempts): CallbackDetailsWire {
  const last = attempts.at(-1);
  const seen = {
    id: callback.id,
    tradeId: callback.trade_id,
    number: callback.number,
    state: callback.state,
    attempts: callback.attempts,
    createdAt: callback.created_at,
    deliveredAt: callback.delivered_at,
    dueAt: callback.due_at,
    lastStatus: last?.status ?? null,
    lastFailure: last?.failure ?? null,
  };
  return { ...callbackToWire(seen), body: callback.body, attemptDetails: attempts.map(attemptToWire) };
}

function attemptToWire({ number, at, duration_ms, status, failure, response }: CallbackAttemptRow) {
  return {
    number,
    at: at.toISOString(),
    durationMs: duration_ms,
    ...(status !== null && { status }),
    ...(failure !== null && { failure }),
    ...(response !== null && { response }),
  };
}
