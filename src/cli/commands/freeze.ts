import type { Command } from 'commander';
import { decimal } from '../../core/money.ts';
import type { FreezeRow, FreezeScope } from '../../db/tables.ts';
import { type FrozenScope, freezesInForce, listFreezes, releasedFrom } from '../../freezes/operations.ts';
import {
  liftFreeze,
  type NamedScope,
  nameOfScope,
  requireFreezable,
  resolveScope,
  startFreeze,
} from '../../operators/freezing.ts';
import { ALL_FREEZES } from '../../operators/subjects.ts';
import { dollars, listing } from '../format.ts';
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

async function start(session: Session, named: NamedScope, reason: string): Promise<Report> {
  const scope = await resolveScope(session.deps, named);
  await requireFreezable(session.deps, scope);
  return freezeReport(session, scope, reason);
}

/** Freezes a scope. */
export async function freezeReport({ deps, operator }: Session, scope: FrozenScope, reason: string): Promise<Report> {
  const { row, isNew, underWay } = await startFreeze(deps, scope, { reason, actor: operator });
  const what = await nameOfScope(deps, row);
  const state = isNew ? `${what} is frozen` : `${what} has been frozen since ${row.since.toISOString()}`;
  const waits = `waiting items will be cancelled from ${releasedFrom(deps, row).toISOString()} on, unless you lift the freeze before`;
  const calls = `${underWay} ${underWay === 1 ? 'purchase is' : 'purchases are'} already under way and will be completed`;
  return { text: `${state}; ${calls}; ${waits}\n`, json: { ...toJson(row), isNew, underWay } };
}

async function end(session: Session, named: NamedScope): Promise<Report> {
  const scope = await resolveScope(session.deps, named);
  return liftedReport(session, await liftFreeze(session.deps, scope));
}

/** What is left after a freeze was lifted. */
export async function liftedReport({ deps, operator }: Session, row: FreezeRow): Promise<Report> {
  const rest = (await freezesInForce(deps)).length;
  const others =
    rest === 0 ? 'there are no other freezes' : `${rest} ${rest === 1 ? 'freeze remains' : 'freezes remain'} in force`;
  const text = `the freeze of ${await nameOfScope(deps, row)} is lifted; ${others}\n`;
  return { text, json: { ...toJson(row), liftedBy: operator } };
}

async function list(session: Session): Promise<Report> {
  const freezes = await listFreezes(session.deps);
  const rows = [];
  for (const row of freezes) {
    const { since, actor, held, reason } = row;
    const release = releasedFrom(session.deps, row);
    rows.push([await nameOfScope(session.deps, row), since, actor, held.items, dollars(held.locked), release, reason]);
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
