import type { Command } from 'commander';
import { allItemStates, type ItemState } from '../../core/item-states.ts';
import { OperatorError } from '../../core/operator-error.ts';
import type { TradeRow } from '../../db/tables.ts';
import { timelineJson } from '../../operator-api/timeline-json.ts';
import { newestTrades, type TradeFilter, timelineOf } from '../../trades/timeline.ts';
import { listing } from '../format.ts';
import { readWhole } from '../input.ts';
import { requireTrade } from '../require-trade.ts';
import {
  type Choose,
  type DatabaseOptions,
  databaseCommand,
  EXAMPLE_ID,
  type Report,
  readingOfMerchant,
  type Session,
} from '../task.ts';
import { timelineText } from '../timeline-text.ts';
import { addTradeCancelCommand } from './trade-cancel.ts';

const LIMIT_MAX = 1000;

interface ListOptions extends DatabaseOptions {
  readonly merchant?: string;
  readonly status?: string;
  readonly limit: string;
}

export function addTradeCommands(program: Command, choose: Choose): void {
  const trade = program.command('trade').description('list, show and cancel trades');

  databaseCommand(trade, 'list', 'list the newest trades', `trade list --merchant ${EXAMPLE_ID} --status pending`)
    .option('--merchant <merchant>', 'only this merchant’s trades')
    .option('--status <status>', `only trades with this status: ${allItemStates.join(', ')}`)
    .option('--limit <number>', 'maximum number of rows', '20')
    .action((options: ListOptions) => {
      const filter = readFilter(options);
      choose(readingOfMerchant(options, (session, merchantId) => list(session, { ...filter, merchantId })));
    });

  databaseCommand(
    trade,
    'show <trade>',
    'show the full history of a trade (id or externalId)',
    `trade show order-1042 --merchant ${EXAMPLE_ID}`,
  )
    .option('--merchant <merchant>', 'the merchant that the externalId belongs to')
    .action((ref: string, options: DatabaseOptions & { merchant?: string }) => {
      choose(readingOfMerchant(options, (session, merchantId) => show(session, ref, merchantId)));
    });

  addTradeCancelCommand(trade, choose);
}

function readFilter({ status, limit }: ListOptions): TradeFilter {
  return {
    status: status === undefined ? undefined : readStatus(status),
    limit: readWhole(limit, '--limit', LIMIT_MAX),
  };
}

function readStatus(text: string): ItemState {
  const status = allItemStates.find((known) => known === text);
  if (!status) throw new OperatorError(`unknown status ${text}; valid statuses are ${allItemStates.join(', ')}`);
  return status;
}

async function list({ deps }: Session, filter: TradeFilter): Promise<Report> {
  const trades = await newestTrades(deps.db, filter);
  const rows = trades.map((trade) => [
    trade.id,
    trade.external_id,
    trade.status,
    trade.game,
    trade.source,
    trade.merchant_id,
    trade.created_at,
  ]);
  const head = ['id', 'externalId', 'status', 'game', 'source', 'merchant', 'created'];
  return { text: listing(head, rows, 'no trades found'), json: trades.map(toJson) };
}

function toJson(trade: TradeRow) {
  return {
    id: trade.id,
    externalId: trade.external_id,
    status: trade.status,
    game: trade.game,
    source: trade.source,
    merchantId: trade.merchant_id,
    createdAt: trade.created_at,
  };
}

async function show({ deps }: Session, ref: string, merchantId: string | undefined): Promise<Report> {
  const timeline = await timelineOf(deps.db, await requireTrade(deps.db, ref, merchantId));
  return { text: timelineText(timeline), json: timelineJson(timeline) };
}
