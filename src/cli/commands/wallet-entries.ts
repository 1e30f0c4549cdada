import type { Command } from 'commander';
import { decimal } from '../../core/money.ts';
import { OperatorError } from '../../core/operator-error.ts';
import type { TransferKind, TransferRow } from '../../db/tables.ts';
import { requireMerchant } from '../../merchants/operations.ts';
import { findTrade } from '../../trades/queries.ts';
import { findTransfers, type TransferFilter, transferKinds } from '../../wallets/queries.ts';
import { dollars, listing } from '../format.ts';
import { readRange, readWhole } from '../input.ts';
import {
  type Choose,
  type DatabaseOptions,
  databaseCommand,
  EXAMPLE_ID,
  onMerchant,
  type Report,
  readingDatabase,
  type Session,
} from '../task.ts';

const LIMIT_MAX = 1000;

interface EntryOptions extends DatabaseOptions {
  readonly trade?: string;
  readonly kind?: string;
  readonly from?: string;
  readonly to?: string;
  readonly limit: string;
}

/** `skinrail wallet entries`: unlike the merchant's own view, it includes movements between the operator's accounts. */
export function addEntriesCommand(wallet: Command, choose: Choose): void {
  databaseCommand(
    wallet,
    'entries <merchant>',
    'list the newest movements between all accounts, including the operator’s',
    `wallet entries ${EXAMPLE_ID} --trade order-1042`,
  )
    .option('--trade <trade>', 'only movements of this trade (id or externalId)')
    .option('--kind <kind>', `only movements of this kind: ${transferKinds.join(', ')}`)
    .option('--from <time>', 'only movements at or after this time')
    .option('--to <time>', 'only movements before this time')
    .option('--limit <number>', 'maximum number of rows', '50')
    .action((ref: string, options: EntryOptions) => {
      const filter = {
        kinds: readKinds(options.kind),
        made: readRange(options),
        limit: readWhole(options.limit, '--limit', LIMIT_MAX),
      };
      const work = (session: Session, merchantId: string) => entries(session, { ...filter, merchantId }, options.trade);
      choose(onMerchant(options, ref, work, readingDatabase));
    });
}

function readKinds(text: string | undefined): TransferKind[] | undefined {
  if (text === undefined) return undefined;
  const kind = transferKinds.find((known) => known === text);
  if (!kind) throw new OperatorError(`unknown kind ${text}; valid kinds are ${transferKinds.join(', ')}`);
  return [kind];
}

async function entries({ deps }: Session, filter: TransferFilter, tradeRef: string | undefined): Promise<Report> {
  await requireMerchant(deps, filter.merchantId);
  const trade = tradeRef === undefined ? undefined : await findTrade(deps.db, filter.merchantId, tradeRef);
  if (tradeRef !== undefined && !trade) {
    throw new OperatorError(`the merchant has no trade with the id or externalId ${tradeRef}`);
  }
  const found = await findTransfers(deps.db, { ...filter, tradeId: trade?.id });
  const head = ['at', 'kind', 'amount', 'from', 'to', 'key', 'trade', 'actor'];
  const rows = found.map((one) => [
    one.at,
    one.kind,
    dollars(one.amount_mills),
    one.from_account,
    one.to_account,
    one.key,
    one.trade_id,
    one.actor,
  ]);
  return { text: listing(head, rows, 'no movements found'), json: found.map(toJson) };
}

function toJson({ key, kind, from_account, to_account, amount_mills, trade_id, item_id, actor, at }: TransferRow) {
  return {
    key,
    kind,
    from: from_account,
    to: to_account,
    amount: decimal(amount_mills),
    tradeId: trade_id,
    itemId: item_id,
    actor,
    at,
  };
}
