import type { Command } from 'commander';
import { readEvents } from '../../callbacks/events.ts';
import {
  type CallbackFilter,
  type CallbackWithAttempts,
  callbackDetailsToWire,
  callbackStates,
  callbackToWire,
  findCallback,
  findCallbacks,
} from '../../callbacks/log.ts';
import { replayCallback, replayFailed } from '../../callbacks/replay.ts';
import { testSignature } from '../../callbacks/signature-test.ts';
import { OperatorError } from '../../core/operator-error.ts';
import type { Db } from '../../db/connect.ts';
import type { Range } from '../../http/instants.ts';
import { decodePosition } from '../../http/paging.ts';
import { requireMerchant } from '../../merchants/operations.ts';
import { columns, listing } from '../format.ts';
import { readId, readRange, readWhole } from '../input.ts';
import { requireTrade } from '../require-trade.ts';
import {
  type Choose,
  type DatabaseOptions,
  databaseCommand,
  EXAMPLE_ID,
  onDatabase,
  onMerchant,
  type Report,
  readingDatabase,
  readingOfMerchant,
  type Session,
} from '../task.ts';
import { callbackText } from './callback-text.ts';

const LIMIT_MAX = 1000;
const EVENTS_MAX = 100;
const EXAMPLE_TIME = '2026-07-31T00:00:00Z';

interface TimeOptions extends DatabaseOptions {
  readonly from?: string;
  readonly to?: string;
}

interface ListOptions extends TimeOptions {
  readonly merchant?: string;
  readonly trade?: string;
  readonly state?: string;
  readonly limit: string;
}

interface EventOptions extends DatabaseOptions {
  readonly merchant: string;
  readonly after?: string;
  readonly limit: string;
}

/** `skinrail callback`: the log of callbacks, sending them again, and a merchant's log of events. */
export function addCallbackCommands(program: Command, choose: Choose): void {
  const callback = program.command('callback').description('show callbacks and send them again');
  addReading(callback, choose);
  addReplaying(callback, choose);
  addTest(callback, choose);
}

function addReading(callback: Command, choose: Choose): void {
  databaseCommand(callback, 'list', 'list the newest callbacks', 'callback list --state failed --trade order-1042')
    .option('--merchant <merchant>', 'only this merchant’s callbacks')
    .option('--trade <trade>', 'only callbacks of this trade (id or externalId)')
    .option('--state <state>', `only callbacks in this state: ${callbackStates.join(', ')}`)
    .option('--from <time>', 'only steps at or after this time')
    .option('--to <time>', 'only steps before this time')
    .option('--limit <number>', 'maximum number of rows', '20')
    .action((options: ListOptions) => {
      const filter = readFilter(options);
      choose(
        readingOfMerchant(options, (session, merchantId) =>
          list(session, { ...filter, merchantId: merchantId ?? null }, options.trade),
        ),
      );
    });

  databaseCommand(
    callback,
    'show <id>',
    'show a callback and all of its attempts',
    `callback show ${EXAMPLE_ID}`,
  ).action((text: string, options: DatabaseOptions) => {
    const id = readId(text, 'callback');
    choose(readingDatabase(options, (session) => show(session, id)));
  });

  databaseCommand(
    callback,
    'events',
    'show a merchant’s log of events, as GET /v1/events returns it',
    `callback events --merchant ${EXAMPLE_ID}`,
  )
    .requiredOption('--merchant <merchant>', 'the merchant')
    .option('--after <cursor>', 'cursor of the previous page')
    .option('--limit <number>', 'maximum number of rows', '20')
    .action((options: EventOptions) => {
      const after = options.after === undefined ? 0n : decodePosition(options.after, '--after');
      const page = { after, limit: readWhole(options.limit, '--limit', EVENTS_MAX) };
      choose(
        onMerchant(
          options,
          options.merchant,
          (session, merchantId) => events(session, merchantId, page),
          readingDatabase,
        ),
      );
    });
}

function addReplaying(callback: Command, choose: Choose): void {
  databaseCommand(
    callback,
    'replay <id>',
    'send a callback again, in whatever state it is',
    `callback replay ${EXAMPLE_ID}`,
  ).action((text: string, options: DatabaseOptions) => {
    const id = readId(text, 'callback');
    choose(onDatabase(options, (session) => replay(session, id)));
  });

  databaseCommand(
    callback,
    'replay-failed',
    'send again the failed callbacks of a period',
    `callback replay-failed --merchant ${EXAMPLE_ID} --from ${EXAMPLE_TIME}`,
  )
    .requiredOption('--merchant <merchant>', 'the merchant')
    .requiredOption('--from <time>', 'only steps at or after this time')
    .option('--to <time>', 'only steps before this time; default: now')
    .action((options: TimeOptions & { merchant: string }) => {
      const made = readRange(options);
      choose(onMerchant(options, options.merchant, (session, merchantId) => replayAll(session, merchantId, made)));
    });
}

function addTest(callback: Command, choose: Choose): void {
  databaseCommand(
    callback,
    'test <merchant>',
    'send the merchant’s URL one test message with a valid signature and one with an invalid signature; nothing is recorded',
    `callback test ${EXAMPLE_ID}`,
  ).action((text: string, options: DatabaseOptions) => {
    choose(onMerchant(options, text, test, readingDatabase));
  });
}

async function test({ deps }: Session, merchantId: string): Promise<Report> {
  const result = await testSignature(deps, merchantId);
  const lines = [
    ['url', result.url],
    ['valid signature', result.taken ? `accepted (${result.status})` : `not accepted: ${result.failure}`],
    ['invalid signature', forgeryText(result.refusesForgeries)],
    ['took', `${result.durationMs} ms`],
    ...(result.advice === null ? [] : [['advice', result.advice]]),
  ];
  return { text: columns(lines), json: { merchantId, ...result }, exitCode: result.advice === null ? 0 : 1 };
}

function forgeryText(isRefused: boolean | null): string {
  if (isRefused === null) return 'not tested';
  return isRefused ? 'refused' : 'accepted as well';
}

function readFilter(options: ListOptions): CallbackFilter {
  const { state: text, limit } = options;
  const state = callbackStates.find((known) => known === text);
  if (text !== undefined && !state) {
    throw new OperatorError(`unknown state ${text}; valid states are ${callbackStates.join(', ')}`);
  }
  return {
    merchantId: null,
    state,
    made: readRange(options),
    limit: readWhole(limit, '--limit', LIMIT_MAX),
  };
}

async function list({ deps }: Session, filter: CallbackFilter, tradeRef: string | undefined): Promise<Report> {
  const trade =
    tradeRef === undefined ? undefined : await requireTrade(deps.db, tradeRef, filter.merchantId ?? undefined);
  const ofTrade = trade && { merchantId: trade.merchant_id, tradeId: trade.id };
  const found = await findCallbacks(deps.db, { ...filter, ...ofTrade });
  const head = ['id', 'state', 'attempts', 'created', 'next', 'failure', 'trade', 'merchant'];
  const rows = found.map((one) => [
    one.id,
    one.state,
    one.attempts,
    one.createdAt,
    one.dueAt,
    one.state === 'delivered' ? null : one.lastFailure,
    one.tradeId,
    one.merchantId,
  ]);
  const json = found.map((one) => ({ merchantId: one.merchantId, ...callbackToWire(one) }));
  return { text: listing(head, rows, 'no callbacks found'), json };
}

async function show({ deps }: Session, id: string): Promise<Report> {
  const found = await requireCallback(deps.db, id);
  return {
    text: callbackText(found),
    json: { merchantId: found.callback.merchant_id, ...callbackDetailsToWire(found) },
  };
}

async function requireCallback(db: Db, id: string): Promise<CallbackWithAttempts> {
  const found = await findCallback(db, null, id);
  if (!found) throw new OperatorError(`callback ${id} not found`);
  return found;
}

async function replay({ deps, watch }: Session, id: string): Promise<Report> {
  const { merchant_id: merchantId } = (await requireCallback(deps.db, id)).callback;
  await watch?.({ kind: 'callback', id });
  await replayCallback({ db: deps.db, clock: deps.clock }, merchantId, id);
  const { callback } = await requireCallback(deps.db, id);
  const when = callback.due_at === null ? 'when the merchant’s callbacks are switched on again' : 'now';
  return {
    text: `${id} will be sent again ${when}; attempts so far: ${callback.attempts}\n`,
    json: { id, merchantId, state: callback.state, attempts: callback.attempts, dueAt: callback.due_at },
  };
}

async function replayAll({ deps }: Session, merchantId: string, made: Range): Promise<Report> {
  await requireMerchant(deps, merchantId);
  let replayed = 0;
  for (let hasMore = true; hasMore; ) {
    const some = await replayFailed({ db: deps.db, clock: deps.clock }, merchantId, made);
    replayed += some.replayed;
    hasMore = some.hasMore;
  }
  const what = replayed === 1 ? 'callback' : 'callbacks';
  return { text: `${replayed} ${what} will be sent again\n`, json: { merchantId, replayed } };
}

async function events({ deps }: Session, merchantId: string, page: { after: bigint; limit: number }): Promise<Report> {
  await requireMerchant(deps, merchantId);
  const log = await readEvents(deps, merchantId, page);
  const rows = log.items.map(({ createdAt, id, trade }) => [createdAt, id, trade.id, trade.status]);
  const text = listing(['created', 'id', 'trade', 'status'], rows, 'no later events');
  return { text: `${text}next page: --after ${log.nextCursor}\n`, json: log };
}
