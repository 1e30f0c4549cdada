import Type from 'typebox';
import { errors } from '../core/errors.ts';
import { decimal } from '../core/money.ts';
import type { FreezeScope } from '../db/tables.ts';
import { listFreezes } from '../freezes/operations.ts';
import type { App } from '../http/app-type.ts';
import { Ok, ok } from '../http/envelope.ts';
import { Text } from '../http/validation.ts';
import {
  liftFreeze,
  type NamedScope,
  nameOfScope,
  requireFreezable,
  resolveScope,
  startFreeze,
} from '../operators/freezing.ts';
import { ALL_FREEZES } from '../operators/subjects.ts';
import { Reason } from './fields.ts';
import {
  FreezeScopeWire,
  FreezeWire,
  freezeFields,
  freezeToWire,
  StartedFreezeWire,
  startedFreezeToWire,
} from './freeze-wire.ts';
import { asStaff, type PersonGuards, personOf } from './guard.ts';
import { recordedFor } from './recorded.ts';
import { Dollars } from './wire.ts';

const FreezeEntry = Type.Object(
  {
    ...freezeFields,
    name: Type.String({ description: 'Of what is frozen, for people' }),
    waitingItems: Type.Integer({ description: 'Items that wait because of it, or of another freeze as well' }),
    locked: Dollars,
  },
  { $id: 'FreezeEntry' },
);

const closed = { additionalProperties: false } as const;
const target = Type.Optional(
  Text(1, 128, { description: 'The id or name of the merchant, or the id of the account; absent for `all`' }),
);
const tags = ['freezes'];

/** The emergency stop, for staff: everything, one merchant, or one account at a marketplace. */
export function freezeRoutes(app: App, guards: PersonGuards): void {
  listRoute(app, guards);
  startRoute(app, guards);
  removeRoute(app, guards);
}

function listRoute(app: App, guards: PersonGuards): void {
  const { deps } = guards;

  app.get(
    '/operator/v1/freezes',
    {
      ...asStaff(guards, 'read'),
      schema: {
        summary: 'The freezes in force, oldest first, and the items that wait',
        tags,
        response: { 200: Ok(Type.Array(FreezeEntry)) },
      },
    },
    async (request) => {
      const entries = [];
      for (const row of await listFreezes(deps)) {
        const { held } = row;
        const waiting = { waitingItems: held.items, locked: decimal(held.locked) };
        entries.push({ ...freezeToWire(deps, row), name: await nameOfScope(deps, row), ...waiting });
      }
      return ok(request, entries);
    },
  );
}

function startRoute(app: App, guards: PersonGuards): void {
  const { deps } = guards;

  app.post(
    '/operator/v1/freezes',
    {
      ...asStaff(guards, 'operate'),
      schema: {
        summary: 'Stop buying',
        description:
          'No further purchase is sent within the scope on any node. Items that are already bought continue. Freezing again ' +
          'changes nothing.',
        tags,
        body: Type.Object({ scope: FreezeScopeWire, target, reason: Reason }, closed),
        response: { 200: Ok(StartedFreezeWire) },
      },
    },
    async (request) => {
      const { reason } = request.body;
      const { actor } = personOf(request);
      const named = readScope(request.body);
      const command = ['freeze', named.scope, ...wordsOf(named), '--reason', reason];
      const started = await recordedFor(deps, request, command, async (watch) => {
        const scope = await resolveScope(deps, named);
        await requireFreezable(deps, scope);
        await watch(ALL_FREEZES);
        return startFreeze(deps, scope, { reason, actor });
      });
      return ok(request, startedFreezeToWire(deps, started));
    },
  );
}

function removeRoute(app: App, guards: PersonGuards): void {
  const { deps } = guards;

  app.post(
    '/operator/v1/freezes/remove',
    {
      ...asStaff(guards, 'operate'),
      schema: {
        summary: 'Lift a freeze',
        description: 'Buying continues, and with it the items that wait.',
        tags,
        body: Type.Object({ scope: FreezeScopeWire, target }, closed),
        response: { 200: Ok(FreezeWire) },
      },
    },
    async (request) => {
      const named = readScope(request.body);
      const lifted = await recordedFor(deps, request, ['unfreeze', named.scope, ...wordsOf(named)], async (watch) => {
        const scope = await resolveScope(deps, named);
        await watch(ALL_FREEZES);
        return liftFreeze(deps, scope);
      });
      return ok(request, freezeToWire(deps, lifted));
    },
  );
}

/** @throws VALIDATION_FAILED when a target is missing, or given for everything */
function readScope(given: { readonly scope: FreezeScope; readonly target?: string }): NamedScope {
  const { scope, target: ref } = given;
  if (scope === 'all' && ref !== undefined) throw errors.validationFailed({ target: 'must be absent for all' });
  if (scope !== 'all' && ref === undefined) throw errors.validationFailed({ target: 'is required' });
  return { scope, ref: ref ?? '' };
}

function wordsOf({ ref }: NamedScope): string[] {
  return ref === '' ? [] : [ref];
}
