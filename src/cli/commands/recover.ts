import type { Command } from 'commander';
import { OperatorError } from '../../core/operator-error.ts';
import type { TradeRow } from '../../db/tables.ts';
import { closeOrder } from '../../reconciliation/closed-orders.ts';
import { requireKept } from '../../reconciliation/kept.ts';
import { hasMore } from '../../reconciliation/read-whole.ts';
import { PAUSE_MS } from '../../reconciliation/scheduled.ts';
import { adoptOrders, ordersOfTrade } from '../../recovery/adopt-orders.ts';
import { adoptTrade } from '../../recovery/adopt-trade.ts';
import { type ChosenOrders, chooseOrders, nameOf } from '../../recovery/choose-orders.ts';
import { matchItems } from '../../recovery/match.ts';
import { type Search, searchAccounts } from '../../recovery/search.ts';
import { readTold } from '../../recovery/told.ts';
import { compareTold } from '../../recovery/told-trades.ts';
import type { HistoryAnswer } from '../../suppliers/history.ts';
import { findTradeById } from '../../trades/queries.ts';
import type { TradeWire } from '../../trades/wire.ts';
import { collect, readId, readRange, readReason } from '../input.ts';
import { withMoveDeps } from '../move-deps.ts';
import { adoptedReport, closedReport, lostReport, ordersReport } from '../recover-text.ts';
import {
  type Choose,
  type DatabaseOptions,
  type DatabaseTask,
  databaseCommand,
  EXAMPLE_ID,
  onDatabase,
  type Report,
  readingDatabase,
  type Session,
} from '../task.ts';

interface RecoverOptions extends DatabaseOptions {
  readonly from: string;
}

interface ListOptions extends RecoverOptions {
  readonly callbacks?: boolean;
}

interface AdoptOptions extends ListOptions {
  readonly order?: readonly string[];
  readonly reason: string;
}

const CALLBACKS_HELP = 'read callbacks from standard input, one a line: {"signature": "…", "body": "…"}';
const FROM = '--from <time>';
const FROM_HELP = 'the last moment that the database surely has; what came after it may be lost';

/** `skinrail recover`: after the database has lost its newest transactions. */
export function addRecoverCommands(program: Command, choose: Choose): void {
  const recover = program
    .command('recover')
    .description('find and mend what is lost after the database came back without its newest transactions');
  addList(recover, choose);
  addAdopt(recover, choose);
  addClose(recover, choose);
}

function addList(recover: Command, choose: Choose): void {
  databaseCommand(
    recover,
    'list',
    'list the orders at your marketplaces that no purchase here has and, with callbacks that merchants have kept, the trades ' +
      'that are lost; exit code 1 when there are any, or when not all orders could be read',
    'recover list --from 2026-11-20T11:40:00Z --callbacks < callbacks.jsonl',
  )
    .requiredOption(FROM, FROM_HELP)
    .option('--callbacks', CALLBACKS_HELP)
    .action((options: ListOptions) => {
      const from = readFrom(options);
      choose(
        reading(
          options,
          readingDatabase(options, (session) => list(session, from)),
        ),
      );
    });
}

function addAdopt(recover: Command, choose: Choose): void {
  databaseCommand(
    recover,
    'adopt <trade>',
    'give a trade the orders that its marketplaces have and no purchase here. A trade that is lost as well is recorded again as ' +
      'its callbacks tell it: its money is reserved, and an item without an order is cancelled',
    `recover adopt ${EXAMPLE_ID} --from 2026-11-20T11:40:00Z --reason "failover" --callbacks < callbacks.jsonl`,
  )
    .requiredOption(FROM, FROM_HELP)
    .option('--callbacks', CALLBACKS_HELP)
    .option(
      '--order <item=account/order>',
      'the order of an item that has several, or <item>=none for one that was not bought; repeatable',
      collect,
    )
    .requiredOption('--reason <text>', 'why; stored with the events and shown to operators only')
    .action((text: string, options: AdoptOptions) => {
      const wanted = { id: readId(text, 'trade'), from: readFrom(options), reason: readReason(options.reason) };
      const chosen = readChosen(options.order ?? []);
      choose(
        reading(
          options,
          onDatabase(options, (session) => adopt(session, wanted, chosen)),
        ),
      );
    });
}

function addClose(recover: Command, choose: Choose): void {
  databaseCommand(
    recover,
    'close <account> <order>',
    'close an order that nobody here wants: you bear what the marketplace keeps of it, and reconciliation is silent about it ' +
      'until its amounts change',
    'recover close waxpeer 40000012 --from 2026-11-20T11:40:00Z --reason "bought by hand on the website"',
  )
    .requiredOption(FROM, FROM_HELP)
    .requiredOption('--reason <text>', 'why; stored with the order')
    .action((account: string, orderId: string, options: RecoverOptions & { readonly reason: string }) => {
      const [from, reason] = [readFrom(options), readReason(options.reason)];
      choose(onDatabase(options, (session) => close(session, { account, orderId, from, reason })));
    });
}

function reading({ callbacks }: ListOptions, task: DatabaseTask): DatabaseTask {
  return callbacks ? { ...task, reads: 'all' } : task;
}

function readFrom({ from }: RecoverOptions): Date {
  const range = readRange({ from });
  if (range.from === null) throw new OperatorError('--from must be a time, such as 2026-07-31T12:00:00Z');
  return range.from;
}

/** An item's id has no `=`. */
function readChosen(texts: readonly string[]): ChosenOrders {
  return new Map(
    texts.map((text) => {
      const end = text.indexOf('=');
      if (end < 1) throw new OperatorError(`--order must be <item>=<account>/<order> or <item>=none, not ${text}`);
      return [text.slice(0, end), text.slice(end + 1)];
    }),
  );
}

async function search({ deps, progress }: Session, from: Date): Promise<Search> {
  const to = deps.clock.now();
  if (from >= to) throw new OperatorError('--from must be in the past');
  await requireKept(deps.db, from);
  let answers = 0;
  const onAnswer = async (answer: HistoryAnswer) => {
    progress?.(`reading orders: ${++answers} pages of the marketplaces`);
    if (hasMore(answer)) await deps.clock.wait(PAUSE_MS);
  };
  try {
    return await searchAccounts(deps, { from, to }, { onAnswer });
  } finally {
    progress?.('');
  }
}

async function list(session: Session, from: Date): Promise<Report> {
  const { deps, inputs = [] } = session;
  const found = await search(session, from);
  const { trades, refused } = await readTold(deps, inputs);
  const told = await compareTold(deps, trades);
  return lostReport({ found, told, refused, from });
}

interface WantedTrade {
  readonly id: string;
  readonly from: Date;
  readonly reason: string;
}

async function adopt(session: Session, wanted: WantedTrade, chosen: ChosenOrders): Promise<Report> {
  const known = await findTradeById(session.deps.db, wanted.id);
  return known ? adoptOrdersOf(session, known, wanted) : adoptLost(session, wanted, chosen);
}

/** A trade that is here, whose orders are not. */
async function adoptOrdersOf(session: Session, trade: TradeRow, { from }: WantedTrade): Promise<Report> {
  const { deps, watch } = session;
  const { lost } = await search(session, from);
  const adopted = await ordersOfTrade(deps, trade, lost);
  if (adopted.length === 0) {
    throw new OperatorError(`trade ${trade.id} is here, and no order of its items is missing; see skinrail trade show`);
  }
  await watch?.({ kind: 'trade', id: trade.id });
  await adoptOrders(withMoveDeps(deps), trade, adopted);
  return ordersReport(trade, adopted);
}

/** A trade that only its merchant knows. */
async function adoptLost(session: Session, { id, from, reason }: WantedTrade, chosen: ChosenOrders): Promise<Report> {
  const { deps, operator, watch, inputs = [] } = session;
  const { trades, refused } = await readTold(deps, inputs);
  const told = requireTold(trades, refused, id);
  const found = await search(session, from);
  const adopted = chooseOrders(matchItems(told.items, found.accounts, found.lost), chosen, found.unread);
  await watch?.({ kind: 'merchant', id: told.merchantId });
  await watch?.({ kind: 'trade', id }, true);
  const trade = await adoptTrade(withMoveDeps(deps), told, adopted, { actor: operator, reason });
  return adoptedReport(trade, adopted);
}

function requireTold(
  trades: readonly TradeWire[],
  refused: readonly { readonly line: number; readonly why: string }[],
  id: string,
): TradeWire {
  const told = trades.find((trade) => trade.id === id);
  if (told === undefined) {
    const [first] = refused;
    const why = first ? `; line ${first.line} cannot be used: ${first.why}` : '';
    throw new OperatorError(`there is no trade ${id} here, and no callback on standard input tells of it${why}`);
  }
  if (told.type !== 'withdraw') throw new OperatorError(`trade ${id} is no withdrawal`);
  if (told.status === 'initiated') {
    throw new OperatorError(
      `trade ${id} was told only as a question for approval: nothing was bought, and nothing is owed`,
    );
  }
  return told;
}

interface OrderToClose {
  readonly account: string;
  readonly orderId: string;
  readonly from: Date;
  readonly reason: string;
}

async function close(session: Session, { account, orderId, from, reason }: OrderToClose): Promise<Report> {
  const { deps, operator, watch } = session;
  const { lost } = await search(session, from);
  const found = lost.find((each) => nameOf(each) === `${account}/${orderId}`);
  if (!found) {
    throw new OperatorError(
      `${account} has no order ${orderId} since then that is not known here; see skinrail recover list`,
    );
  }
  await watch?.({ kind: 'account', id: account });
  await closeOrder(deps, account, found.order, { actor: operator, reason });
  return closedReport(account, found.order);
}
