import type { Command } from 'commander';
import type { ConfigFlags } from '../config/config.ts';
import type { Deps } from '../deps.ts';
import { resolveMerchant } from '../merchants/operations.ts';
import { recorded, type Watch } from '../operators/commands.ts';
import type { Subject } from '../operators/subjects.ts';
import { withoutUrlSecrets } from '../operators/url-secrets.ts';
import { readMerchantRef } from './input.ts';
import { commandOrigin } from './operator-name.ts';
import type { Output } from './output.ts';
import { escapeInvisible, visible } from './visible.ts';

/** The context of a database command, in this process or inside the gateway. */
export interface Session {
  /** The operator as it is recorded: `operator:<name>`. */
  readonly operator: string;
  /** Where the command is run; absent: in this process. */
  readonly origin?: string;
  readonly deps: Pick<
    Deps,
    'db' | 'clock' | 'secrets' | 'config' | 'callbackDispatcher' | 'supplierKinds' | 'callBudgets'
  >;
  /** Migrations that were applied when the database was opened for this command. */
  readonly applied: readonly string[];
  /** Remembers what a command is about to change, for the audit trail; absent: the command is not recorded. */
  readonly watch?: Watch;
  /** The lines that the operator gave on standard input, for the task's `reads`; absent: none. */
  readonly inputs?: readonly string[];
  /** Shows the progress of a long command, replacing the previous text; absent without a terminal. */
  readonly progress?: (text: string) => void;
}

/** The result of a command, as text and as JSON. */
export interface Report {
  readonly text: string;
  readonly json: unknown;
  readonly exitCode?: number;
}

/** The parsed command line, before anything is opened. */
export type Task =
  | { readonly needs: 'nothing'; readonly run: (output: Output) => Promise<number> }
  | {
      readonly needs: 'database';
      readonly flags: ConfigFlags;
      readonly json: boolean;
      /** Whether the audit trail records the command; false for commands that only read. */
      readonly isRecorded: boolean;
      /** The names of the secrets that are read from standard input, one a line; `all`: every line. Absent: nothing is read. */
      readonly reads?: readonly string[] | 'all';
      readonly work: (session: Session) => Promise<Report>;
    };

export type Choose = (task: Task) => void;

export interface DatabaseOptions {
  readonly json?: boolean;
  readonly data?: string;
  readonly databaseUrl?: string;
}

/** An example id for `--help`. */
export const EXAMPLE_ID = '01990c4e-6b3a-7c55-9f0e-2f6d1c8a7b10';

/**
 * A command on the database, with the options that all database commands share.
 * @param isDefault whether its parent alone means this command
 */
export function databaseCommand(
  parent: Command,
  usage: string,
  description: string,
  example: string,
  { isDefault = false } = {},
): Command {
  return parent
    .command(usage, { isDefault })
    .description(description)
    .option('--json', 'print JSON')
    .option('--data <folder>', 'data folder of the embedded database (DATA_DIR)')
    .option('--database-url <url>', 'PostgreSQL to use instead (DATABASE_URL)')
    .addHelpText('after', `\nExample:\n  $ skinrail ${example}`);
}

export type DatabaseTask = Extract<Task, { needs: 'database' }>;

/** A command that may change data or shows a secret. The audit trail records it. */
export function onDatabase(options: DatabaseOptions, work: (session: Session) => Promise<Report>): DatabaseTask {
  const flags = { dataDir: options.data, databaseUrl: options.databaseUrl };
  return { needs: 'database', flags, json: options.json ?? false, isRecorded: true, work };
}

/** A command that only reads. */
export function readingDatabase(options: DatabaseOptions, work: (session: Session) => Promise<Report>): DatabaseTask {
  return { ...onDatabase(options, work), isRecorded: false };
}

/** A command about one merchant, given by its id or name. */
export function onMerchant(
  options: DatabaseOptions,
  ref: string,
  work: (session: Session, merchantId: string) => Promise<Report>,
  toTask = onDatabase,
): DatabaseTask {
  const merchant = readMerchantRef(ref);
  return toTask(options, async (session) => {
    const id = await resolveMerchant(session.deps, merchant);
    await session.watch?.({ kind: 'merchant', id });
    return work(session, id);
  });
}

/** A command that changes something whose id the operator gives, such as an account at a marketplace. */
export function changing(
  options: DatabaseOptions,
  subject: Subject,
  work: (session: Session) => Promise<Report>,
): DatabaseTask {
  return onDatabase(options, async (session) => {
    await session.watch?.(subject);
    return work(session);
  });
}

/** A command that only reads, optionally limited to one merchant. */
export function readingOfMerchant(
  options: DatabaseOptions & { readonly merchant?: string },
  work: (session: Session, merchantId: string | undefined) => Promise<Report>,
): DatabaseTask {
  if (options.merchant === undefined) return readingDatabase(options, (session) => work(session, undefined));
  return onMerchant(options, options.merchant, work, readingDatabase);
}

/** Runs a command, and records it in the audit trail when required. */
export async function execute(task: DatabaseTask, args: readonly string[], session: Session): Promise<Report> {
  if (!task.isRecorded) return task.work(session);
  const { operator: actor, origin = commandOrigin() } = session;
  const command = { actor, origin, command: commandLineOf(args) };
  return recorded(session.deps, command, (watch) => task.work({ ...session, watch }));
}

/** Recorded with the name of the setting only, because its value can be a key. */
const SET = '--set';

function commandLineOf(args: readonly string[]): string {
  const kept = args.filter((arg) => arg !== '--json');
  const shown = kept.map((arg, index) =>
    isSetting(arg, kept[index - 1]) ? withoutValue(arg) : withoutUrlSecrets(arg),
  );
  return shown.map((arg) => (/^[\w.:/@%+,=-]+$/.test(arg) ? arg : JSON.stringify(arg))).join(' ');
}

function isSetting(arg: string, before: string | undefined): boolean {
  return before === SET || arg.startsWith(`${SET}=`);
}

function withoutValue(arg: string): string {
  const start = arg.startsWith(`${SET}=`) ? `${SET}=` : '';
  return `${start}${arg.slice(start.length).split('=', 1)[0]}=-`;
}

/** @returns the exit code */
export function print(report: Report, json: boolean, output: Output): number {
  output.out(json ? `${escapeInvisible(JSON.stringify(report.json, null, 2))}\n` : visible(report.text));
  return report.exitCode ?? 0;
}
