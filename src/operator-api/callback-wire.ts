import Type, { type Static } from 'typebox';
import { signatureProblems } from '../callbacks/explain-signature.ts';
import { type CallbackSummary, type CallbackWithAttempts, callbackStates } from '../callbacks/log.ts';
import type { CallbackAttemptRow } from '../db/tables.ts';
import type { CsvColumn } from './csv.ts';
import { Id, iso, orNull, Time } from './wire.ts';

const text = Type.String();

const fields = {
  id: Type.String({ format: 'uuid', description: 'As in the signature; the same over all attempts' }),
  tradeId: Id,
  number: Type.Integer({ description: 'Grows with each callback of a trade; they are sent in this order' }),
  state: Type.Enum([...callbackStates]),
  attempts: Type.Integer({ description: 'How often it was sent until now, one that is under way included' }),
  createdAt: Time('When the step of the trade happened'),
  deliveredAt: orNull(Time()),
  dueAt: orNull(Time('When it is sent next; null: it is not pending, or the merchant’s callbacks are off')),
};

export const CallbackEntry = Type.Object(
  {
    ...fields,
    merchant: Type.Object({ id: Id, name: text }),
    lastStatus: orNull(Type.Integer({ description: 'HTTP status of the last answer' })),
    lastFailure: orNull(Type.String({ description: 'Why the last attempt was not accepted' })),
  },
  { $id: 'CallbackEntry' },
);

const Attempt = Type.Object({
  number: Type.Integer(),
  at: Time(),
  durationMs: Type.Integer(),
  status: orNull(Type.Integer()),
  failure: orNull(text),
  response: orNull(Type.String({ description: 'The first 4 KB of the answer' })),
});

export const CallbackEntryDetails = Type.Object(
  {
    ...fields,
    merchantId: Id,
    body: orNull(Type.String({ description: 'The bytes that are signed and sent; null: they have passed their time' })),
    attemptDetails: Type.Array(Attempt, { description: 'The newest 200 attempts that have ended, oldest first' }),
  },
  { $id: 'CallbackEntryDetails' },
);

export const CallbackSwitch = Type.Object(
  {
    url: orNull(text),
    isOn: Type.Boolean({ description: 'Whether callbacks are sent: there is a URL, and it is not switched off' }),
    disabledAt: orNull(Time()),
    disabledReason: orNull(text),
  },
  { $id: 'CallbackSwitch' },
);

export const SignatureTestWire = Type.Object(
  {
    url: text,
    taken: Type.Boolean({ description: 'Whether the server answered 2xx to a message with a genuine signature' }),
    status: orNull(Type.Integer({ description: 'What it answered; null: nothing' })),
    failure: orNull(Type.String({ description: 'Why the message was not accepted; null: it was' })),
    durationMs: Type.Integer(),
    refusesForgeries: orNull(
      Type.Boolean({ description: 'Whether it refused the same message with a wrong signature; null: not tried' }),
    ),
    advice: orNull(Type.String({ description: 'What to do; null: nothing is wrong' })),
  },
  { $id: 'SignatureTest' },
);

export const SignatureReportWire = Type.Object(
  {
    isRight: Type.Boolean({ description: 'Whether exactly this body was signed with a secret of the merchant' }),
    secret: orNull(Type.Enum(['current', 'previous'])),
    problem: orNull(Type.Enum([...signatureProblems], { description: 'Why a receiver refuses it now' })),
    explanation: Type.String({ description: 'For people' }),
  },
  { $id: 'SignatureReport' },
);

export function callbackEntry(callback: CallbackSummary): Static<typeof CallbackEntry> {
  const { merchantId, merchantName, createdAt, deliveredAt, dueAt, ...rest } = callback;
  const merchant = { id: merchantId, name: merchantName };
  return { ...rest, merchant, createdAt: iso(createdAt), deliveredAt: iso(deliveredAt), dueAt: iso(dueAt) };
}

const columnsOfAll: readonly CsvColumn<CallbackSummary>[] = [
  ['id', ({ id }) => id],
  ['trade_id', ({ tradeId }) => tradeId],
  ['number', ({ number }) => ({ number: String(number) })],
  ['state', ({ state }) => state],
  ['attempts', ({ attempts }) => ({ number: String(attempts) })],
  ['created_at', ({ createdAt }) => iso(createdAt)],
  ['delivered_at', ({ deliveredAt }) => iso(deliveredAt)],
  ['due_at', ({ dueAt }) => iso(dueAt)],
  ['last_status', ({ lastStatus }) => (lastStatus === null ? null : { number: String(lastStatus) })],
  ['last_failure', ({ lastFailure }) => lastFailure],
];

const columnsOfStaff: readonly CsvColumn<CallbackSummary>[] = [
  ...columnsOfAll,
  ['merchant_id', ({ merchantId }) => merchantId],
  ['merchant_name', ({ merchantName }) => merchantName],
];

/** Members see one merchant only, so that its name says nothing. */
export function callbackColumns(isStaff: boolean): readonly CsvColumn<CallbackSummary>[] {
  return isStaff ? columnsOfStaff : columnsOfAll;
}

export function callbackDetails({ callback, attempts }: CallbackWithAttempts): Static<typeof CallbackEntryDetails> {
  return {
    id: callback.id,
    merchantId: callback.merchant_id,
    tradeId: callback.trade_id,
    number: callback.number,
    state: callback.state,
    attempts: callback.attempts,
    createdAt: iso(callback.created_at),
    deliveredAt: iso(callback.delivered_at),
    dueAt: iso(callback.due_at),
    body: callback.body,
    attemptDetails: attempts.map(attemptToWire),
  };
}

function attemptToWire({ number, at, duration_ms: durationMs, status, failure, response }: CallbackAttemptRow) {
  return { number, at: iso(at), durationMs, status, failure, response };
}
