import type { Command } from 'commander';
import { decimal } from '../../core/money.ts';
import { OperatorError } from '../../core/operator-error.ts';
import { requireMerchant } from '../../merchants/operations.ts';
import { fundOrRequest } from '../../wallets/fund.ts';
import { accountsOf, balanceOf, type FundingMove } from '../../wallets/operations.ts';
import { columns, dollars } from '../format.ts';
import { readAmount, readReason } from '../input.ts';
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
import { addEntriesCommand } from './wallet-entries.ts';
import { addRequestCommands, requestReport } from './wallet-requests.ts';

interface MoveOptions extends DatabaseOptions {
  readonly reference?: string;
  readonly reason?: string;
}

const REFERENCE_MAX = 128;

export function addWalletCommands(program: Command, choose: Choose): void {
  const wallet = program.command('wallet').description('manage merchants’ wallets');
  addMove(wallet, choose, 'credit', 'add money to a wallet', '250.00 --reference invoice-81');
  addMove(wallet, choose, 'debit', 'remove money from a wallet', '99.50 --reference payout-12');

  databaseCommand(
    wallet,
    'show <merchant>',
    'show the available and the locked balance',
    `wallet show ${EXAMPLE_ID}`,
  ).action((id: string, options: DatabaseOptions) => {
    choose(onMerchant(options, id, show, readingDatabase));
  });
  addEntriesCommand(wallet, choose);
  addRequestCommands(wallet, choose);
}

function addMove(
  wallet: Command,
  choose: Choose,
  direction: FundingMove['direction'],
  description: string,
  example: string,
): void {
  databaseCommand(
    wallet,
    `${direction} <merchant> <dollars>`,
    description,
    `wallet ${direction} ${EXAMPLE_ID} ${example}`,
  )
    .option('--reference <text>', 'idempotency key: the same reference is booked only once')
    .option('--reason <text>', 'why, for the second operator who must approve what is above the limit')
    .action((id: string, amount: string, options: MoveOptions) => {
      const reference = readReference(options.reference);
      const reason = options.reason === undefined ? null : readReason(options.reason);
      const move = { direction, amountMills: readAmount(amount), ...(reference ? { reference } : {}) };
      choose(
        onMerchant(options, id, (session, merchantId) =>
          run(session, { ...move, merchantId, actor: session.operator }, reason),
        ),
      );
    });
}

function readReference(text: string | undefined): string | undefined {
  if (text === undefined || (text.length > 0 && text.length <= REFERENCE_MAX)) return text;
  throw new OperatorError(`--reference must have 1 to ${REFERENCE_MAX} characters`);
}

async function run(session: Session, move: FundingMove, reason: string | null): Promise<Report> {
  const { deps } = session;
  await requireMerchant(deps, move.merchantId);
  const funded = await fundOrRequest(deps, move, reason);
  if (funded.outcome === 'requested') {
    if (funded.isNew) await session.watch?.({ kind: 'request', id: funded.request.id }, true);
    return requestReport(funded.request);
  }
  const booked = funded.outcome === 'booked';
  const { available, locked } = await balanceOf(deps, move.merchantId);
  const done = `${move.direction}ed ${dollars(move.amountMills)}`;
  const text = booked ? done : `${done} before with reference ${move.reference}; nothing was changed`;
  return {
    text: `${text}; available is ${dollars(available)}\n`,
    json: { merchantId: move.merchantId, booked, available: decimal(available), locked: decimal(locked) },
  };
}

async function show({ deps }: Session, merchantId: string): Promise<Report> {
  await requireMerchant(deps, merchantId);
  const { available, locked } = await balanceOf(deps, merchantId);
  const accounts = await accountsOf(deps, merchantId);
  return {
    text: `${columns([
      ['available', dollars(available)],
      ['locked', dollars(locked)],
    ])}\nall accounts of the ledger\n${columns(
      accounts.map(({ name, balance }) => [name, dollars(balance)]),
      '  ',
    )}`,
    json: {
      merchantId,
      available: decimal(available),
      locked: decimal(locked),
      accounts: Object.fromEntries(accounts.map(({ name, balance }) => [name, decimal(balance)])),
    },
  };
}
