import { sql } from 'kysely';
import { newId } from '../core/ids.ts';
import type { AuditEntryRow } from '../db/tables.ts';
import type { Deps } from '../deps.ts';
import { type Change, changesBetween, type State } from './changes.ts';
import { type Subject, stateOf } from './subjects.ts';
import { addEntry, textOf } from './trail.ts';
import { withoutUrlSecrets } from './url-secrets.ts';

type CommandDeps = Pick<Deps, 'db' | 'clock' | 'secrets' | 'supplierKinds'>;

/** Who runs a command, and from where. */
export interface OperatorCommand {
  readonly actor: string;
  /** Such as `command line on host-1 as root`. */
  readonly origin: string;
  readonly command: string;
}

const COMMAND_MAX = 1000;
const ERROR_MAX = 500;

/**
 * Remembers what a command is about to change.
 * @param isNew whether the command has just made it
 */
export type Watch = (subject: Subject, isNew?: boolean) => Promise<void>;

/**
 * Runs a command, and adds to the audit trail that it began, how it ended, and what it changed. The beginning is written first,
 * so that a command whose process died is recorded as well, without an end.
 * @param work calls `watch` before it changes something. What others change of it meanwhile is recorded as well
 */
export async function recorded<T>(
  deps: CommandDeps,
  { actor, origin, command }: OperatorCommand,
  work: (watch: Watch) => Promise<T>,
): Promise<T> {
  const head = { commandId: newId(deps.clock.now()), actor };
  await addEntry(deps, head, { event: 'begun', command: readable(command, COMMAND_MAX), origin });
  const watched = new Watched(deps);
  try {
    const result = await work((subject, isNew) => watched.add(subject, isNew));
    await recordEnd(deps, head, watched, { event: 'done' });
    return result;
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    await recordEnd(deps, head, watched, { event: 'failed', error: readable(withoutUrlSecrets(text), ERROR_MAX) });
    throw error;
  }
}

type CommandEnd = { readonly event: 'done' } | { readonly event: 'failed'; readonly error: string };

/**
 * If the database is away by now, the trail has no end of the command. The error is not thrown: the command has taken effect,
 * and the operator must see its result, because a key is shown only once.
 */
async function recordEnd(
  deps: CommandDeps,
  head: { readonly commandId: string; readonly actor: string },
  watched: Watched,
  end: CommandEnd,
): Promise<void> {
  const changes = await watched.changes().catch(() => null);
  // Not tried again: a commit that was not confirmed may have added it. Without it the outcome is listed as unknown.
  await addEntry(deps, head, changes === null ? end : { ...end, changes }).catch(() => {});
}

function readable(text: string, max: number): string {
  return text.slice(0, max).toWellFormed().replaceAll('\0', '');
}

/** The subjects of one command, as they were before it. */
class Watched {
  readonly #deps: CommandDeps;
  readonly #before = new Map<string, { readonly subject: Subject; readonly state: State }>();

  constructor(deps: CommandDeps) {
    this.#deps = deps;
  }

  async add(subject: Subject, isNew = false): Promise<void> {
    const name = nameOf(subject);
    if (this.#before.has(name)) return;
    this.#before.set(name, { subject, state: isNew ? {} : await stateOf(this.#deps, subject) });
  }

  async changes(): Promise<Change[]> {
    const changes: Change[] = [];
    for (const [name, { subject, state }] of this.#before) {
      changes.push(...changesBetween(name, state, await stateOf(this.#deps, subject)));
    }
    return changes;
  }
}

function nameOf({ kind, id }: Subject): string {
  return `${kind} ${id}`.trim();
}

/** A command as the trail has it. */
export interface RecordedCommand {
  readonly id: string;
  readonly operator: string;
  readonly origin: string | null;
  readonly command: string;
  readonly startedAt: string;
  /** null: it has not ended, or nobody knows how. */
  readonly endedAt: string | null;
  /** `done`, `failed: …`, or null. */
  readonly outcome: string | null;
  readonly changes: readonly Change[];
}

export interface CommandFilter {
  /** Absent: of all. */
  readonly operator?: string | undefined;
  /** The id of the last command of the page before. */
  readonly after?: string | undefined;
  readonly limit: number;
}

/** The newest commands of one operator or of all. */
export async function newestCommands(
  { db }: Pick<Deps, 'db'>,
  { operator, after, limit }: CommandFilter,
): Promise<RecordedCommand[]> {
  const ofOperator = operator === undefined ? sql`true` : sql`begun.actor = ${operator}`;
  // Looked up once, so that the page is read by the index of numbers.
  const isAfter =
    after === undefined
      ? sql`true`
      : sql`begun.number < (select number from audit_entry where command_id = ${after}::uuid and event = 'begun')`;
  const { rows } = await sql<{ begun: string; ended: string | null }>`
    select begun.body as begun, ended.body as ended from audit_entry begun
    left join audit_entry ended on ended.command_id = begun.command_id and ended.event <> 'begun'
    where begun.event = 'begun' and ${ofOperator} and ${isAfter}
    order by begun.number desc limit ${sql.lit(limit)}`.execute(db);
  return rows.map(({ begun, ended }) => commandOf({ body: begun }, ended === null ? null : { body: ended }));
}

type Body = Pick<AuditEntryRow, 'body'>;

function commandOf(begun: Body, ended: Body | null): RecordedCommand {
  const began = textOf(begun);
  const end = ended === null ? null : textOf(ended);
  return {
    id: began.commandId,
    operator: began.actor,
    origin: began.event === 'begun' ? (began.origin ?? null) : null,
    command: began.event === 'begun' ? began.command : '',
    startedAt: began.at,
    endedAt: end?.at ?? null,
    outcome: end === null || end.event === 'begun' ? null : end.event === 'done' ? 'done' : `failed: ${end.error}`,
    changes: end === null || end.event === 'begun' ? [] : (end.changes ?? []),
  };
}
