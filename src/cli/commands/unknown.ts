import { setTimeout as pause } from 'node:timers/promises';
import type { Command } from 'commander';
import { OperatorError } from '../../core/operator-error.ts';
import { type OutcomeNow, outcomesNow, pushUnknown } from '../../unknown/push.ts';
import { requireUnknown, type UnknownFilter, type UnknownOutcome, unknownOutcomes } from '../../unknown/queries.ts';
import { columns, listing } from '../format.ts';
import { readId, readWhole } from '../input.ts';
import {
  type Choose,
  type DatabaseOptions,
  databaseCommand,
  EXAMPLE_ID,
  onDatabase,
  type Report,
  readingDatabase,
  readingOfMerchant,
  type Session,
} from '../task.ts';
import { addUnknownEndCommand } from './unknown-end.ts';

const LIMIT_MAX = 1000;
/** Covers two calls to a supplier and one polling interval of a worker. */
const WAIT_TIMEOUT_MS = 25_000;
const POLL_INTERVAL_MS = 100;

interface ListOptions extends DatabaseOptions {
  readonly merchant?: string;
  readonly kind?: string;
  readonly limit: string;
}

interface PushOptions extends DatabaseOptions {
  readonly all?: boolean;
  readonly wait: boolean;
}

/** `skinrail unknown`: purchases and cancellation requests whose outcome is unknown. */
export function addUnknownCommands(program: Command, choose: Choose): void {
  const unknown = program
    .command('unknown')
    .description('purchases and cancellation requests whose outcome is unknown');

  databaseCommand(unknown, 'list', 'list all of them, oldest first', 'unknown list --kind cancellation')
    .option('--kind <kind>', 'only this kind: purchase or cancellation')
    .option('--merchant <merchant>', 'only this merchant’s')
    .option('--limit <number>', 'maximum number of rows', '100')
    .action((options: ListOptions) => {
      const filter = readFilter(options);
      choose(readingOfMerchant(options, (session, merchantId) => list(session, { ...filter, merchantId })));
    });

  databaseCommand(unknown, 'show <id>', 'show one of them', `unknown show ${EXAMPLE_ID}`).action(
    (text: string, options: DatabaseOptions) => {
      const id = readId(text, 'purchase or cancellation');
      choose(readingDatabase(options, (session) => show(session, id)));
    },
  );

  databaseCommand(
    unknown,
    'push [id]',
    'retry one or all of them now, and show the result',
    `unknown push ${EXAMPLE_ID}`,
  )
    .option('--all', 'retry all of them')
    .option('--no-wait', 'do not wait for the result')
    .action((text: string | undefined, options: PushOptions) => {
      const id = readChoice(text, options);
      choose(onDatabase(options, (session) => push(session, id, options.wait)));
    });
  addUnknownEndCommand(unknown, choose);
}

function readFilter({ kind, limit }: ListOptions): UnknownFilter {
  if (kind !== undefined && kind !== 'purchase' && kind !== 'cancellation') {
    throw new OperatorError(`unknown kind ${kind}; valid kinds are purchase, cancellation`);
  }
  return {
    kind,
    limit: readWhole(limit, '--limit', LIMIT_MAX),
  };
}

/** @returns the id, or undefined for all */
function readChoice(text: string | undefined, { all }: PushOptions): string | undefined {
  if ((text === undefined) !== (all ?? false))
    throw new OperatorError('give the id of one purchase or cancellation, or use --all');
  return text === undefined ? undefined : readId(text, 'purchase or cancellation');
}

async function list({ deps }: Session, filter: UnknownFilter): Promise<Report> {
  const found = await unknownOutcomes(deps.db, deps.clock.now(), filter);
  const head = ['id', 'kind', 'state', 'supplier', 'since', 'next', 'tries', 'trade', 'cause'];
  const rows = found.map((one) => [
    one.id,
    one.kind,
    one.state,
    one.supplier,
    one.since,
    one.dueAt,
    one.tries,
    one.tradeId,
    one.cause,
  ]);
  return { text: listing(head, rows, 'nothing is unknown'), json: found };
}

async function show({ deps }: Session, id: string): Promise<Report> {
  const one = await requireUnknown(deps, id);
  const text = columns([
    ['kind', one.kind],
    ['state', one.state],
    ['since', one.since],
    ['next', one.dueAt],
    ['tries', one.tries],
    ...(one.kind === 'purchase' ? [['repeats', one.repeats] as const] : []),
    ['cause', one.cause],
    ['supplier', one.supplier],
    ['reference', one.reference],
    ['merchant', one.merchantId],
    ['trade', one.tradeId],
    ['item', `${one.listingId}  ${one.marketHashName}`],
  ]);
  return { text: `${text}\nhistory of the trade: skinrail trade show ${one.tradeId}\n`, json: one };
}

async function push({ deps, watch }: Session, id: string | undefined, isWaiting: boolean): Promise<Report> {
  const chosen = id
    ? [await requireUnknown(deps, id)]
    : await unknownOutcomes(deps.db, deps.clock.now(), { limit: LIMIT_MAX });
  // Of all of them the trail says that they were retried; each trade has its own events.
  if (id) for (const { tradeId } of chosen) await watch?.({ kind: 'trade', id: tradeId });
  for (const one of chosen) await pushUnknown(deps, one);
  const since = deps.clock.now();
  const ends = isWaiting ? await waitForOutcomes(deps, chosen, since) : new Map<string, string>();
  const pushed = chosen.map(({ id, kind }) => ({ id, kind, became: ends.get(id) ?? 'due now' }));
  const rows = pushed.map(({ id, kind, became }) => [id, kind, became]);
  return {
    text: listing(['id', 'kind', 'became'], rows, 'nothing is unknown'),
    json: pushed,
    exitCode: pushed.some(({ became }) => became === NOT_CLAIMED) ? 1 : 0,
  };
}

const NOT_CLAIMED = 'no worker has retried it; check that a gateway with ROLE=all or ROLE=worker is running';

/** Waits until a worker has retried each of them, or the timeout ends. @returns a description of each result, by id */
async function waitForOutcomes(deps: Session['deps'], chosen: readonly UnknownOutcome[], since: Date) {
  const deadline = performance.now() + WAIT_TIMEOUT_MS;
  for (;;) {
    const outcomes = [...(await outcomesNow(deps.db, chosen)).values()];
    const isOver = performance.now() > deadline || outcomes.every((now) => !isCalling(now) && !isWaiting(now, since));
    if (isOver) return new Map(outcomes.map((now) => [now.id, describe(now, since)]));
    await pause(POLL_INTERVAL_MS);
  }
}

function isCalling({ state }: OutcomeNow): boolean {
  return state === 'asked' || state === 'requested';
}

function isWaiting({ state, dueAt }: OutcomeNow, since: Date): boolean {
  return state === 'unknown' && dueAt !== null && dueAt <= since;
}

function describe(now: OutcomeNow, since: Date): string {
  if (isCalling(now)) return 'a call is under way';
  if (isWaiting(now, since)) return NOT_CLAIMED;
  const cause = now.reason === null ? '' : ` (${now.reason})`;
  if (now.state !== 'unknown') return `${now.state}${cause}`;
  return `still unknown${cause}; next at ${now.dueAt?.toISOString() ?? '-'}`;
}
