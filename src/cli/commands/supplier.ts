import type { Command } from 'commander';
import { OperatorError } from '../../core/operator-error.ts';
import { freezesInForce } from '../../freezes/operations.ts';
import type { Range } from '../../http/instants.ts';
import { namedAccess } from '../../merchants/account-access.ts';
import { resumeAccount } from '../../operators/freezing.ts';
import { ALL_FREEZES } from '../../operators/subjects.ts';
import { requireKept } from '../../reconciliation/kept.ts';
import { hasHistory, hasMore } from '../../reconciliation/read-whole.ts';
import { reconcile } from '../../reconciliation/reconcile.ts';
import { PAUSE_MS, usualRange } from '../../reconciliation/scheduled.ts';
import { checkAccount } from '../../supplier-accounts/check.ts';
import { createSupplier } from '../../supplier-accounts/create-suppliers.ts';
import {
  addAccount,
  changeAccount,
  listAccounts,
  openSettings,
  openWorkOf,
  removeAccount,
  requireAccount,
} from '../../supplier-accounts/operations.ts';
import { ServerClock } from '../../supplier-accounts/server-clock.ts';
import type { GivenSettings } from '../../supplier-accounts/settings.ts';
import { readLimits } from '../../supplier-accounts/spending.ts';
import { HEALTHY, readHealth } from '../../supplier-health/store.ts';
import type { HistoryAnswer } from '../../suppliers/history.ts';
import { collect, readRange, readReason, readSettings, type TypedSetting } from '../input.ts';
import { reconcileReport } from '../reconcile-text.ts';
import { accountReport, accountsReport, checkReport, kindsReport, RESTART } from '../supplier-text.ts';
import {
  type Choose,
  changing,
  type DatabaseOptions,
  databaseCommand,
  type Report,
  readingDatabase,
  type Session,
} from '../task.ts';
import { freezeReport, liftedReport } from './freeze.ts';
import { addAccessCommands } from './supplier-access.ts';
import { addLimitCommand } from './supplier-limit.ts';
import { addPolicyCommand } from './supplier-policy.ts';

interface SetOptions extends DatabaseOptions {
  readonly set?: readonly string[];
}

interface AddOptions extends SetOptions {
  readonly id?: string;
}

const SET_OPTION = '--set <name=value>';
const SET_HELP = 'a setting; repeatable. With "-" as its value it is read from standard input, one line for each';

/** `skinrail supplier`: the operator's accounts at marketplaces. */
export function addSupplierCommands(program: Command, choose: Choose): void {
  const supplier = program
    .command('supplier')
    .description('your accounts at marketplaces, with which the gateway buys');
  databaseCommand(supplier, 'kinds', 'list the marketplaces and their settings', 'supplier kinds').action(
    (options: DatabaseOptions) => choose(readingDatabase(options, async ({ deps }) => kindsReport(deps.supplierKinds))),
  );
  addAdd(supplier, choose);
  databaseCommand(supplier, 'list', 'list the accounts', 'supplier list').action((options: DatabaseOptions) =>
    choose(readingDatabase(options, list)),
  );
  databaseCommand(supplier, 'show <account>', 'show an account without its secrets', 'supplier show waxpeer').action(
    (id: string, options: DatabaseOptions) => choose(readingDatabase(options, (session) => show(session, id))),
  );
  addSet(supplier, choose);
  databaseCommand(
    supplier,
    'check <account>',
    'call the marketplace without buying: balance, key and response time; exit code 1 when purchases would be refused',
    'supplier check waxpeer',
  ).action((id: string, options: DatabaseOptions) => choose(readingDatabase(options, (session) => check(session, id))));
  addReconcile(supplier, choose);
  addPolicyCommand(supplier, choose);
  addAccessCommands(supplier, choose);
  addLimitCommand(supplier, choose);
  addPauseAndResume(supplier, choose);
  databaseCommand(
    supplier,
    'remove <account>',
    'remove an account that is paused and has no open purchases',
    'supplier remove waxpeer',
  ).action((id: string, options: DatabaseOptions) =>
    choose(changing(options, { kind: 'account', id }, (session) => remove(session, id))),
  );
}

function addAdd(supplier: Command, choose: Choose): void {
  databaseCommand(
    supplier,
    'add <kind>',
    'add an account; all nodes must be restarted to use it',
    'supplier add waxpeer --set apiKey=-',
  )
    .option('--id <id>', 'its id, stored with every purchase and never changed; default: the kind')
    .option(SET_OPTION, SET_HELP, collect)
    .action((kind: string, options: AddOptions) => {
      const typed = readSettings(options.set ?? []);
      const { id = kind } = options;
      const task = changing(options, { kind: 'account', id }, (session) => add(session, kind, id, typed));
      choose({ ...task, ...reading(typed) });
    });
}

function addSet(supplier: Command, choose: Choose): void {
  databaseCommand(
    supplier,
    'set <account>',
    'change settings of an account; an empty value restores the default; all nodes must be restarted',
    'supplier set waxpeer --set apiKey=-',
  )
    .requiredOption(SET_OPTION, SET_HELP, collect)
    .action((id: string, options: SetOptions) => {
      const typed = readSettings(options.set ?? []);
      const task = changing(options, { kind: 'account', id }, (session) => change(session, id, typed));
      choose({ ...task, ...reading(typed) });
    });
}

interface ReconcileOptions extends DatabaseOptions {
  readonly from?: string;
  readonly to?: string;
}

function addReconcile(supplier: Command, choose: Choose): void {
  databaseCommand(
    supplier,
    'reconcile <account>',
    'compare the orders in the marketplace’s own list with the purchases here, and name every difference; exit code 1 when ' +
      'there are any, or when not all orders could be compared',
    'supplier reconcile waxpeer --from 2026-11-20 --to 2026-11-21',
  )
    .option('--from <time>', 'orders made from this time on; default: 24 hours ago')
    .option('--to <time>', 'orders made before this time; default: 15 minutes ago')
    .action((id: string, options: ReconcileOptions) => {
      const range = readRange(options);
      choose(readingDatabase(options, (session) => compareOrders(session, id, range)));
    });
}

function addPauseAndResume(supplier: Command, choose: Choose): void {
  databaseCommand(
    supplier,
    'pause <account>',
    'buy nothing with an account; its open orders are still looked up and cancelled',
    'supplier pause waxpeer --reason "its prices are wrong"',
  )
    .requiredOption('--reason <text>', 'why; shown to operators, never to merchants')
    .action((id: string, options: DatabaseOptions & { readonly reason: string }) => {
      const reason = readReason(options.reason);
      choose(changing(options, ALL_FREEZES, (session) => pause(session, id, reason)));
    });
  databaseCommand(
    supplier,
    'resume <account>',
    'buy again with an account that is paused, or whose purchases have failed',
    'supplier resume waxpeer',
  ).action((id: string, options: DatabaseOptions) =>
    choose(changing(options, ALL_FREEZES, (session) => resume(session, id))),
  );
}

/** The task's names of what standard input must give. */
function reading(typed: readonly TypedSetting[]): { readonly reads: readonly string[] } {
  return { reads: typed.filter((setting) => setting.value === null).map((setting) => setting.name) };
}

/** Puts the lines of standard input in their places. */
function givenIn({ inputs = [] }: Session, typed: readonly TypedSetting[]): GivenSettings {
  const lines = inputs.values();
  return Object.fromEntries(typed.map(({ name, value }) => [name, value ?? lineFor(name, lines)]));
}

function lineFor(name: string, lines: Iterator<string>): string {
  const { value, done } = lines.next();
  if (done) throw new OperatorError(`standard input has no line for ${name}`);
  return value;
}

async function add(session: Session, kind: string, id: string, typed: readonly TypedSetting[]): Promise<Report> {
  const given = givenIn(session, typed);
  await addAccount(session.deps, { kind, id, given });
  return shown(session, id, `${RESTART}; run skinrail supplier check ${id} now`);
}

async function change(session: Session, id: string, typed: readonly TypedSetting[]): Promise<Report> {
  await changeAccount(session.deps, id, givenIn(session, typed));
  return shown(session, id, `${RESTART}; run skinrail supplier check ${id} now`);
}

async function list({ deps }: Session): Promise<Report> {
  const accounts = await listAccounts(deps);
  const freezes = await freezesInForce(deps);
  const health = await readHealth(deps);
  return accountsReport({ kinds: deps.supplierKinds, accounts, freezes, health, now: deps.clock.now() });
}

async function show(session: Session, id: string): Promise<Report> {
  return shown(session, id, null);
}

async function shown(session: Session, id: string, note: string | null): Promise<Report> {
  const { deps } = session;
  const account = await requireAccount(deps, id);
  return accountReport({
    account,
    kind: deps.supplierKinds.find((kind) => kind.name === account.kind),
    given: openSettings(deps, account),
    freezes: await freezesInForce(deps),
    open: await openWorkOf(deps.db, id),
    access: await namedAccess(deps, id),
    limit: (await readLimits(deps)).get(id) ?? null,
    health: (await readHealth(deps)).get(id) ?? HEALTHY,
    now: deps.clock.now(),
    note,
  });
}

async function check({ deps }: Session, id: string): Promise<Report> {
  const clock = new ServerClock();
  const shared = { budgets: deps.callBudgets, dispatcher: clock.dispatcher };
  const supplier = createSupplier(deps, await requireAccount(deps, id), shared);
  try {
    return checkReport(id, await checkAccount(supplier, deps.clock.now(), clock));
  } finally {
    await supplier.close();
  }
}

async function compareOrders({ deps, progress }: Session, id: string, given: Range): Promise<Report> {
  const usual = usualRange(deps.clock.now());
  const range = { from: given.from ?? usual.from, to: given.to ?? usual.to };
  if (range.from >= range.to) throw new OperatorError('--from must be before --to, which is 15 minutes ago by default');
  await requireKept(deps.db, range.from);
  const supplier = createSupplier(deps, await requireAccount(deps, id), { budgets: deps.callBudgets });
  try {
    if (!hasHistory(supplier)) throw new OperatorError(`the marketplace of ${id} has no list of orders to compare`);
    let answers = 0;
    const onAnswer = async (answer: HistoryAnswer) => {
      progress?.(`reconciling: ${++answers} pages of the marketplace`);
      if (hasMore(answer)) await deps.clock.wait(PAUSE_MS);
    };
    return reconcileReport(await reconcile(deps, supplier, range, { onAnswer }));
  } finally {
    progress?.('');
    await supplier.close();
  }
}

/** A running node knows the account, or it will after its restart; so it need not be in use yet. */
async function pause(session: Session, id: string, reason: string): Promise<Report> {
  await requireAccount(session.deps, id);
  return freezeReport(session, { scope: 'supplier', target: id }, reason);
}

async function resume(session: Session, id: string): Promise<Report> {
  await session.watch?.({ kind: 'account', id });
  await requireAccount(session.deps, id);
  const { opening, reason, lifted } = await resumeAccount(session.deps, id);
  const freeze = lifted && (await liftedReport(session, lifted));
  if (!opening && freeze) return freeze;
  const text = `the listings of ${id} are offered again; they were not, because purchases failed: ${reason}\n`;
  const json = { id, wasNotOfferedSince: opening?.at ?? null, reason };
  return freeze ? { text: `${text}${freeze.text}`, json: { ...json, freeze: freeze.json } } : { text, json };
}

async function remove({ deps }: Session, id: string): Promise<Report> {
  const { kind } = await removeAccount(deps, id);
  return {
    text: `account ${id} at ${kind} is removed; ${RESTART}. Its freeze stays until skinrail unfreeze supplier ${id}\n`,
    json: { id, kind },
  };
}
