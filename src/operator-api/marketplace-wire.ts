import Type from 'typebox';
import { allDifferenceKinds } from '../reconciliation/policy.ts';
import { FreezeWire } from './freeze-wire.ts';
import { Dollars, Id, orNull, Time } from './wire.ts';

const text = Type.String();
const nullableText = orNull(text);

export const PolicyWire = Type.Object(
  {
    game: Type.Enum(['730', '252490']),
    markupBps: Type.Integer({ description: 'Added to the marketplace’s prices, in hundredths of a percent' }),
    preference: Type.Integer({ description: 'Where prices are equal, the account with the lower number is used' }),
  },
  { $id: 'MarketplacePolicy' },
);

const Health = Type.Object({
  circuit: Type.Enum(['closed', 'open', 'trial'], {
    description: '`open`: its listings are not offered, because purchases failed; `trial`: the next purchase decides',
  }),
  failures: Type.Integer({ description: 'Failed purchases since the last one that worked' }),
  reason: orNull(Type.String({ description: 'Why the last purchase failed' })),
  openedAt: orNull(Time()),
  retryAt: orNull(Time('When the trial begins')),
  balance: orNull(Dollars),
  balanceAt: orNull(Time('When the balance was read; null: it is not known, or is older than five minutes')),
});

/** What may be spent in 24 hours, and what was. */
const Limit = Type.Object({
  dayMax: Dollars,
  spent: Dollars,
});

const Reconciliation = Type.Object({
  endedAt: orNull(Time('When the last run ended')),
  cause: orNull(Type.String({ description: 'Why that run could not compare everything; null: it did' })),
  reconciledAt: orNull(Time('When a run has last compared everything')),
  reconciledTo: orNull(Time('Up to when orders were compared')),
  differences: Type.Integer(),
  counts: Type.Record(text, Type.Integer(), { description: 'How many differences of each kind' }),
});

const entryFields = {
  id: Type.String({ description: 'Of the account, as purchases have it' }),
  kind: orNull(
    Type.String({
      description: 'The marketplace; null: the account was removed, and this node uses it until its restart',
    }),
  ),
  games: Type.Array(text),
  isInUse: Type.Boolean({ description: 'Whether this node knows it; else it must be restarted to buy with it' }),
  createdAt: orNull(Time()),
  updatedAt: orNull(Time()),
  pause: orNull(FreezeWire),
  health: Health,
  policies: Type.Array(PolicyWire),
  limit: orNull(Limit),
  reconciliation: orNull(Reconciliation),
};

export const MarketplaceEntry = Type.Object(entryFields, { $id: 'Marketplace' });

const Setting = Type.Object({
  name: text,
  value: orNull(Type.String({ description: 'null: it is secret, or has no value' })),
  isDefault: Type.Boolean(),
});

const Access = Type.Object({
  others: Type.Enum(['allowed', 'denied'], { description: 'The rule for all merchants that are not named' }),
  merchants: Type.Array(Type.Object({ id: Id, name: text, access: Type.Enum(['allowed', 'denied']) })),
});

const Difference = Type.Object({
  kind: Type.Enum([...allDifferenceKinds]),
  orderId: nullableText,
  reference: nullableText,
  tradeId: orNull(Id),
  itemId: orNull(Id),
  meaning: text,
  advice: Type.String({ description: 'What to do' }),
});

export const MarketplaceDetails = Type.Object(
  {
    ...entryFields,
    settings: orNull(
      Type.Array(Setting, { description: 'null: the account was removed, or its settings cannot be decrypted' }),
    ),
    access: Access,
    open: Type.Object(
      { purchases: Type.Integer(), cancellations: Type.Integer(), approvals: Type.Integer() },
      { description: 'What is not over yet' },
    ),
    differences: Type.Array(Difference, { description: 'That the last runs have found, at most 1000' }),
  },
  { $id: 'MarketplaceDetails' },
);
