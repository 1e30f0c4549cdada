import Type from 'typebox';
import { Choice } from '../purchases/choice.ts';
import { Dollars, Id, orNull, Time } from './wire.ts';

/** The shape of what `timelineJson` makes. */

const text = Type.String();
const nullableText = orNull(text);
const nullableTime = orNull(Time());

const ApprovalWire = Type.Object({
  state: text,
  reason: nullableText,
  dueAt: nullableTime,
  decidedAt: nullableTime,
  questions: Type.Array(
    Type.Object({
      id: Id,
      at: Time(),
      durationMs: Type.Integer(),
      status: orNull(Type.Integer()),
      failure: nullableText,
    }),
  ),
});

const EventWire = Type.Object({
  number: Type.Integer(),
  at: Time(),
  event: text,
  from: nullableText,
  to: text,
  actor: text,
  requestId: nullableText,
  cause: Type.Unknown({ description: 'Why, in fields that depend on the event' }),
});

const PurchaseWire = Type.Object({
  reference: Type.String({ description: 'Ours, under which the marketplace has the order' }),
  state: text,
  orderId: nullableText,
  reason: nullableText,
  supplier: text,
  choice: Type.Union([Choice, Type.Null()], { description: 'Why this listing was bought; null: there was no other' }),
  createdAt: Time(),
});

const CancellationWire = Type.Object({
  id: Id,
  state: text,
  actor: text,
  requestId: nullableText,
  reason: nullableText,
  attempts: Type.Integer(),
  requestedAt: Time(),
  answeredAt: nullableTime,
  closedAt: nullableTime,
});

const TransferWire = Type.Object({ at: Time(), kind: text, from: text, to: text, amount: Dollars, actor: text });

const ItemWire = Type.Object({
  id: orNull(Type.String({ description: 'The listing’s id, by which merchants know the item' })),
  internalId: Id,
  externalId: nullableText,
  marketHashName: nullableText,
  supplier: nullableText,
  state: text,
  error: nullableText,
  revertedBy: nullableText,
  autoCancelDueAt: nullableTime,
  price: Dollars,
  cost: orNull(Dollars),
  events: Type.Array(EventWire),
  purchases: Type.Array(PurchaseWire),
  cancellations: Type.Array(CancellationWire),
  transfers: Type.Array(TransferWire),
});

const TradeCallbackWire = Type.Object({
  id: Id,
  number: Type.Integer(),
  state: text,
  attempts: Type.Integer(),
  lastFailure: nullableText,
  createdAt: Time(),
  dueAt: nullableTime,
  deliveredAt: nullableTime,
});

export const TradeDetails = Type.Object(
  {
    id: Id,
    externalId: nullableText,
    merchantId: Id,
    merchantName: text,
    type: text,
    source: text,
    game: text,
    steamId: text,
    clientId: nullableText,
    status: text,
    error: nullableText,
    version: Type.Integer(),
    createdAt: Time(),
    updatedAt: Time(),
    autoCancelAt: nullableTime,
    approval: orNull(ApprovalWire),
    waitsFor: Type.Array(Type.Object({ scope: text, target: text, reason: text, actor: text, since: Time() }), {
      description: 'The freezes because of which items wait',
    }),
    items: Type.Array(ItemWire),
    callbacks: Type.Array(TradeCallbackWire),
  },
  { $id: 'TradeDetails' },
);
