import type { Command } from 'commander';
import { OperatorError } from '../../core/operator-error.ts';
import type { FreezeRow, FreezeScope } from '../../db/tables.ts';
import {
  callsUnderWay,
  type FrozenScope,
  freeze,
  listFreezes,
  releasedFrom,
  unfreeze,
} from '../../freezes/operations.ts';
import { requireMerchant, resolveMerchant } from '../../merchants/operations.ts';
import { ALL_FREEZES } from '../../operators/subjects.ts';
import { knownSuppliers } from '../../suppliers/known.ts';
import { decimal, dollars, listing } from '../format.ts';
import { readReason } from '../input.ts';
import {
  type Choose,
  changing,
  type DatabaseOptions,
  databaseCommand,
  type Report,
  readingDatabase,
  type Session,
} from '../task.ts';

interface FreezeOptions extends DatabaseOptions {
  readonly reason: string;
}

/** A scope as the operator typed it. The target is looked up when the database is open. */
interface TypedScope {
  readonly scope: FreezeScope;
  readonly ref: string;
}

/** `skinrail freeze` and `skinrail unfreeze`: the emergency stop. */
export function addFreezeCommands(program: Command, choose: Choose): void {
  const freezing = program.command('freeze').description('stop buying: everything, one merchant or one supplier');
  addFreeze(freezing, choose, 'all', 'stop all buying', 'freeze all --reason "prices are wrong"');
  addFreeze(freezing, choose, 'merchant', 'stop one merchant’s buying', 'freeze merchant "Skin Shop" --reason fraud');
  addFreeze(freezing, choose, 'supplier', 'stop buying from one marketplace', 'freeze supplier waxpeer --reason ill');
  databaseCommand(freezing, 'list', 'list the freezes and the items that wait because of them', 'freeze list').action(
    (options: DatabaseOptions) => choose(readingDatabase(options, list)),
  );
  const lifting = program.command('unfreeze').description('lift a freeze, so that buying continues');
  addUnfreeze(lifting, choose, 'all', 'lift the freeze of everything', 'unfreeze all');
  addUnfreeze(lifting, choose, 'merchant', 'lift a merchant’s freeze', 'unfreeze merchant "Skin Shop"');
  addUnfreeze(lifting, choose, 'supplier', 'lift a supplier’s freeze', 'unfreeze supplier waxpeer');
}

function usage(scope: FreezeScope): string {
  return scope === 'all' ? 'all' : `${scope} <${scope}>`;
}

function addFreeze(parent: Command, choose: Choose, scope: FreezeScope, description: string, example: string): void {
  const command = databaseCommand(parent, usage(scope), description, example);
  command.requiredOption('--reason <text>', 'why; shown to operators, never to merchants');
  const act = (ref: string, options: FreezeOptions) => {
    const reason = readReason(options.reason);
    choose(changing(options, ALL_FREEZES, (session) => start(session, { scope, ref }, reason)));
  };
  if (scope === 'all') command.action((options: FreezeOptions) => act('', options));
  else command.action(act);
}

function addUnfreeze(parent: Command, choose: Choose, scope: FreezeScope, description: string, example: string): void {
  const command = databaseCommand(parent, usage(scope), description, example);
  const act = (ref: string, options: DatabaseOptions) =>
    choose(changing(options, ALL_FREEZES, (session) => end(session, { scope, ref })));
  if (scope === 'all') command.action((options: DatabaseOptions) => act('', options));
  else command.action(act);
}

async function toScope(session: Session, { scope, ref }: TypedScope): Promise<FrozenScope> {
  if (scope === 'all') return { scope, target: '' };
  if (scope === 'merchant') return { scope, target: await resolveMerchant(session.deps, ref) };
  return { scope, target: ref };
}

/** A mistyped supplier id would freeze nothing. */
async function requireKnownSupplier({ deps }: Session, id: string): Promise<void> {
  const known = await knownSuppliers(deps.db);
  if (known.includes(id)) return;
  throw new OperatorError(`unknown supplier ${id}; known suppliers: ${known.join(', ') || 'none yet'}`);
}

async function start(session: Session, typed: TypedScope, reason: string): Promise<Report> {
  const scope = await toScope(session, typed);
  if (scope.scope === 'supplier') await requireKnownSupplier(session, scope.target);
  return startFreeze(session, scope, reason);
}

export async function startFreeze(session: Session, scope: FrozenScope, reason: string): Promise<Report> {
  const { deps, operator } = session;
  const { row, isNew } = await freeze(deps, scope, { reason, actor: operator });
  const underWay = await callsUnderWay(deps, scope);
  const what = await nameOf(session, row);
  const state = isNew ? `${what} is frozen` : `${what} has been frozen since ${row.since.toISOString()}`;
  const waits = `waiting items will be cancelled from ${releasedFrom(deps, row).toISOString()} on, unless you lift the freeze before`;
  const calls = `${underWay} ${underWay === 1 ? 'purchase is' : 'purchases are'} already under way and will be completed`;
  return { text: `${state}; ${calls}; ${waits}\n`, json: { ...toJson(row), isNew, underWay } };
}

async function end(session: Session, typed: TypedScope): Promise<Report> {
  return endFreeze(session, await toScope(session, typed));
}

export async function endFreeze(session: Session, scope: FrozenScope): Promise<Report> {
  const what = await nameOf(session, scope);
  const row = await unfreeze(session.deps, scope);
  if (!row) throw new OperatorError(`${what} is not frozen; skinrail freeze list shows all freezes`);
  const rest = (await listFreezes(session.deps)).length;
  const others =
    rest === 0 ? 'there are no other freezes' : `${rest} ${rest === 1 ? 'freeze remains' : 'freezes remain'} in force`;
  return { text: `the freeze of ${what} is lifted; ${others}\n`, json: { ...toJson(row), liftedBy: session.operator } };
}

async function nameOf({ deps }: Session, { scope, target }: FrozenScope): Promise<string> {
  if (scope === 'all') return 'everything';
  return scope === 'supplier' ? `supplier ${target}` : `merchant ${(await requireMerchant(deps, target)).name}`;
}

async function list(session: Session): Promise<Report> {
  const freezes = await listFreezes(session.deps);
  const rows = [];
  for (const row of freezes) {
    const { since, actor, held, reason } = row;
    const release = releasedFrom(session.deps, row);
    rows.push([await nameOf(session, row), since, actor, held.items, dollars(held.locked), release, reason]);
  }
  const head = ['frozen', 'since', 'by', 'waiting items', 'locked', 'cancelled from', 'reason'];
  const json = freezes.map((row) => ({
    ...toJson(row),
    waitingItems: row.held.items,
    locked: decimal(row.held.locked),
    cancelledFrom: releasedFrom(session.deps, row),
  }));
  return { text: listing(head, rows, 'nothing is frozen'), json };
}

function toJson({ scope, target, reason, actor, since }: FreezeRow) {
  return { scope, target: target || null, reason, actor, since };
}
