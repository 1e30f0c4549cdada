import Type, { type Static } from 'typebox';
import type { FreezeRow } from '../db/tables.ts';
import type { Deps } from '../deps.ts';
import { releasedFrom } from '../freezes/operations.ts';
import type { StartedFreeze } from '../operators/freezing.ts';
import { iso, orNull, Time } from './wire.ts';

export const FreezeScopeWire = Type.Enum(['all', 'merchant', 'supplier']);

export const freezeFields = {
  scope: FreezeScopeWire,
  target: orNull(Type.String({ description: 'The id of the merchant or of the account; null: everything' })),
  reason: Type.String(),
  actor: Type.String(),
  since: Time(),
  cancelledFrom: Time('When items that wait because of it begin to be cancelled, unless it is lifted before'),
};

export const FreezeWire = Type.Object(freezeFields, { $id: 'Freeze' });

export const StartedFreezeWire = Type.Object(
  {
    ...freezeFields,
    isNew: Type.Boolean({ description: 'false: it was frozen before, and stays as it was' }),
    underWay: Type.Integer({ description: 'Purchases that are being made now; they will be completed' }),
  },
  { $id: 'StartedFreeze' },
);

export function freezeToWire(deps: Pick<Deps, 'config'>, row: FreezeRow): Static<typeof FreezeWire> {
  const { scope, target, reason, actor, since } = row;
  return {
    scope,
    target: target || null,
    reason,
    actor,
    since: iso(since),
    cancelledFrom: iso(releasedFrom(deps, row)),
  };
}

export function startedFreezeToWire(
  deps: Pick<Deps, 'config'>,
  { row, isNew, underWay }: StartedFreeze,
): Static<typeof StartedFreezeWire> {
  return { ...freezeToWire(deps, row), isNew, underWay };
}
