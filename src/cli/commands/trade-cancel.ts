import type { Command } from 'commander';
import {
  type CancelledByOperator,
  cancelByOperator,
  type OperatorOutcome,
} from '../../cancelling/cancel-by-operator.ts';
import { OperatorError } from '../../core/operator-error.ts';
import type { TradeRow } from '../../db/tables.ts';
import { itemsOf } from '../../trades/queries.ts';
import { columns } from '../format.ts';
import { readReason } from '../input.ts';
import { withMoveDeps } from '../move-deps.ts';
import { requireTrade } from '../require-trade.ts';
import {
  type Choose,
  type DatabaseOptions,
  databaseCommand,
  onDatabase,
  onMerchant,
  type Report,
  type Session,
} from '../task.ts';

interface CancelOptions extends DatabaseOptions {
  readonly merchant?: string;
  readonly item?: string;
  readonly reason: string;
  readonly askSupplier?: boolean;
}

/** `skinrail trade cancel`: cancels items for which no purchase was requested from a supplier. */
export function addTradeCancelCommand(trade: Command, choose: Choose): void {
  databaseCommand(
    trade,
    'cancel <trade>',
    'cancel items that no marketplace was asked to sell, and release their money',
    'trade cancel order-1042 --reason "the shop has closed"',
  )
    .requiredOption('--reason <text>', 'the reason; stored with the event and shown to operators only')
    .option('--merchant <merchant>', 'the merchant that the externalId belongs to')
    .option('--item <item>', 'only this item (id, externalId or internal id)')
    .option(
      '--ask-supplier',
      'also request cancellation from the marketplace for items it may have sold, as a merchant’s cancellation does',
    )
    .action((ref: string, options: CancelOptions) => {
      const reason = readReason(options.reason);
      const work = (session: Session, merchantId?: string) => cancel(session, ref, merchantId, { ...options, reason });
      choose(options.merchant === undefined ? onDatabase(options, work) : onMerchant(options, options.merchant, work));
    });
}

async function cancel(
  { deps, operator, watch }: Session,
  ref: string,
  merchantId: string | undefined,
  { item, reason, askSupplier }: CancelOptions,
): Promise<Report> {
  const trade = await requireTrade(deps.db, ref, merchantId);
  await watch?.({ kind: 'trade', id: trade.id });
  await watch?.({ kind: 'merchant', id: trade.merchant_id });
  const wanted = {
    itemIds: item === undefined ? null : await requireItem(deps, trade, item),
    actor: operator,
    reason,
    asksSuppliers: askSupplier ?? false,
  };
  const done = await cancelByOperator(withMoveDeps(deps), trade, wanted);
  return report(trade, done);
}

async function requireItem({ db }: Session['deps'], trade: TradeRow, ref: string): Promise<ReadonlySet<string>> {
  const items = await itemsOf(db, trade.merchant_id, [trade.id]);
  const found =
    items.find((item) => item.listing_id === ref || item.id === ref.toLowerCase()) ??
    items.find((item) => item.external_id === ref);
  if (!found) throw new OperatorError(`trade ${trade.id} has no item with the id or externalId ${ref}`);
  return new Set([found.id]);
}

const next: Record<OperatorOutcome, string | null> = {
  canceled: 'its money is released',
  requested: 'cancellation requested from the marketplace; see skinrail trade show',
  'requested before': 'see skinrail trade show',
  'at supplier': 'to request cancellation from its marketplace, add --ask-supplier',
  'cannot be cancelled': 'its marketplace does not support cancellation',
  over: null,
};

/** The exit code is 0 when every selected item is cancelled or its cancellation is requested. */
function report(trade: TradeRow, done: readonly CancelledByOperator[]): Report {
  const rows = done.map(({ item, outcome }) => [
    item.listing_id ?? item.id,
    item.market_hash_name,
    outcome,
    next[outcome],
  ]);
  const json = done.map(({ item, outcome }) => ({
    id: item.listing_id,
    internalId: item.id,
    externalId: item.external_id,
    outcome,
  }));
  const isLeft = done.some(({ outcome }) => outcome === 'at supplier' || outcome === 'cannot be cancelled');
  return { text: columns(rows), json: { tradeId: trade.id, items: json }, exitCode: isLeft ? 1 : 0 };
}
