import { setTimeout as pause } from 'node:timers/promises';
import type { Command } from 'commander';
import { OperatorError } from '../../core/operator-error.ts';
import { pushUnknown, type Standing, standingsOf } from '../../unknown/push.ts';
import { type UnknownFilter, type UnknownOutcome, unknownOutcomes } from '../../unknown/queries.ts';
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

const LIMIT_MAX = 1000;
/** As long as a supplier may take to answer twice, and a worker to look. */
const PATIENCE_MS = 25_000;
const LOOK_EVERY_MS = 100;

interface ListOptions extends DatabaseOptions {
  readonly merchant?: string;
  readonly kind?: string;
  readonly limit: string;
}

interface PushOptions extends DatabaseOptions {
  readonly all?: boolean;
  readonly wait: boolean;
}

/** `skinrail unknown`: what suppliers gave no clear answer to. */
export function addUnknownCommands(program: Command, choose: Choose): void {
  const unknown = program.command('unknown').description('purchases and cancellation requests without a clear answer');

  databaseCommand(unknown, 'list', 'all of them, the oldest first', 'unknown list --kind cancellation')
    .option('--kind <kind>', 'only this kind: purchase, cancellation')
    .option('--merchant <merchant>', 'of this merchant only')
    .option('--limit <number>', 'how many', '100')
    .action((options: ListOptions) => {
      const filter = readFilter(options);
      choose(readingOfMerchant(options, (session, merchantId) => list(session, { ...filter, merchantId })));
    });

  databaseCommand(unknown, 'show <id>', 'one of them', `unknown show ${EXAMPLE_ID}`).action(
    (text: string, options: DatabaseOptions) => {
      const id = readId(text, 'purchase or cancellation');
      choose(readingDatabase(options, (session) => show(session, id)));
    },
  );

  databaseCommand(
    unknown,
    'push [id]',
    'have one, or all, asked about now, and say what became of it',
    `unknown push ${EXAMPLE_ID}`,
  )
    .option('--all', 'every one of them')
    .option('--no-wait', 'do not wait for what comes of it')
    .action((text: string | undefined, options: PushOptions) => {
      const id = readChoice(text, options);
      choose(onDatabase(options, (session) => push(session, id, options.wait)));
    });
}

function readFilter({ kind, limit }: ListOptions): UnknownFilter {
  if (kind !== undefined && kind !== 'purchase' && kind !== 'cancellation') {
    throw new OperatorError(`there is no kind ${kind}; known are purchase, cancellation`);
  }
  return {
    kind,
    limit: readWhole(limit, '--limit', LIMIT_MAX),
  };
}

/** @returns the one that is meant, or undefined for all */
function readChoice(text: string | undefined, { all }: PushOptions): string | undefined {
  if ((text === undefined) !== (all ?? false))
    throw new OperatorError('name one purchase or cancellation, or say --all');
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
    ['cause', one.cause],
    ['supplier', one.supplier],
    ['reference', one.reference],
    ['merchant', one.merchantId],
    ['trade', one.tradeId],
    ['item', `${one.listingId}  ${one.marketHashName}`],
  ]);
  return { text: `${text}\nall of the trade: skinrail trade show ${one.tradeId}\n`, json: one };
}

async function requireUnknown(deps: Session['deps'], id: string): Promise<UnknownOutcome> {
  const [one] = await unknownOutcomes(deps.db, deps.clock.now(), { id });
  if (one) return one;
  throw new OperatorError(
    `no purchase or cancellation ${id} is unknown; it may be known by now: see skinrail trade show`,
  );
}

async function push({ deps }: Session, id: string | undefined, isWaiting: boolean): Promise<Report> {
  const chosen = id
    ? [await requireUnknown(deps, id)]
    : await unknownOutcomes(deps.db, deps.clock.now(), { limit: LIMIT_MAX });
  for (const one of chosen) await pushUnknown(deps, one);
  const since = deps.clock.now();
  const ends = isWaiting ? await whatBecame(deps, chosen, since) : new Map<string, string>();
  const pushed = chosen.map(({ id, kind }) => ({ id, kind, became: ends.get(id) ?? 'due now' }));
  const rows = pushed.map(({ id, kind, became }) => [id, kind, became]);
  return {
    text: listing(['id', 'kind', 'became'], rows, 'nothing is unknown'),
    json: pushed,
    exitCode: pushed.some(({ became }) => became === NOBODY) ? 1 : 0,
  };
}

const NOBODY = 'not taken up: does a gateway run that does background work?';

/** Waits until a worker has taken each of them up and come back with something, or patience ends. By id, in words. */
async function whatBecame(deps: Session['deps'], chosen: readonly UnknownOutcome[], since: Date) {
  const deadline = performance.now() + PATIENCE_MS;
  for (;;) {
    const standings = [...(await standingsOf(deps.db, chosen)).values()];
    const isOver = performance.now() > deadline || standings.every((now) => !isAsking(now) && !isWaiting(now, since));
    if (isOver) return new Map(standings.map((now) => [now.id, inWords(now, since)]));
    await pause(LOOK_EVERY_MS);
  }
}

function isAsking({ state }: Standing): boolean {
  return state === 'asked' || state === 'requested';
}

function isWaiting({ state, dueAt }: Standing, since: Date): boolean {
  return state === 'unknown' && dueAt !== null && dueAt <= since;
}

function inWords(now: Standing, since: Date): string {
  if (isAsking(now)) return 'a call is under way';
  if (isWaiting(now, since)) return NOBODY;
  const cause = now.reason === null ? '' : ` (${now.reason})`;
  if (now.state !== 'unknown') return `${now.state}${cause}`;
  return `still unknown${cause}; next at ${now.dueAt?.toISOString() ?? '-'}`;
}
