import type { Command } from 'commander';
import { ApiError } from '../../core/errors.ts';
import type { Mills } from '../../core/money.ts';
import { OperatorError } from '../../core/operator-error.ts';
import { requireMerchant } from '../../merchants/operations.ts';
import { balanceOf, type FundingMove, moveFunding } from '../../wallets/operations.ts';
import { columns, decimal, dollars } from '../format.ts';
import { readAmount } from '../input.ts';
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

interface MoveOptions extends DatabaseOptions {
  readonly reference?: string;
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
    .action((id: string, amount: string, options: MoveOptions) => {
      const reference = readReference(options.reference);
      const move = { direction, amountMills: readAmount(amount), ...(reference ? { reference } : {}) };
      choose(
        onMerchant(options, id, (session, merchantId) =>
          run(session, { ...move, merchantId, actor: session.operator }),
        ),
      );
    });
}

function readReference(text: string | undefined): string | undefined {
  if (text === undefined || (text.length > 0 && text.length <= REFERENCE_MAX)) return text;
  throw new OperatorError(`--reference must have 1 to ${REFERENCE_MAX} characters`);
}

async function run({ deps }: Session, move: FundingMove): Promise<Report> {
  await requireMerchant(deps, move.merchantId);
  const booked = await bookMove(deps, move);
  if (!booked) await requireSameAmount(deps, move);
  const { available, locked } = await balanceOf(deps, move.merchantId);
  const done = `${move.direction}ed ${dollars(move.amountMills)}`;
  const text = booked ? done : `${done} before with reference ${move.reference}; nothing was changed`;
  return {
    text: `${text}; available is ${dollars(available)}\n`,
    json: { merchantId: move.merchantId, booked, available: decimal(available), locked: decimal(locked) },
  };
}

async function bookMove(deps: Session['deps'], move: FundingMove): Promise<boolean> {
  try {
    return await moveFunding(deps, move);
  } catch (error) {
    if (!(error instanceof ApiError) || error.key !== 'MERCHANT_BALANCE_LOW') throw error;
    const { available } = await balanceOf(deps, move.merchantId);
    throw new OperatorError(`only ${dollars(available)} is available`);
  }
}

/** The same reference with a different amount is a mistake, not a repeat. */
async function requireSameAmount({ db }: Session['deps'], move: FundingMove): Promise<void> {
  const { amount_mills } = await db
    .selectFrom('transfer')
    .select('amount_mills')
    .where('merchant_id', '=', move.merchantId)
    .where('key', '=', `${move.direction}:${move.reference}`)
    .executeTakeFirstOrThrow();
  if (amount_mills === move.amountMills) return;
  throw new OperatorError(
    `reference ${move.reference} was already used for ${dollars(amount_mills)}; use another reference`,
  );
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
      accounts.map(([name, mills]) => [name, dollars(mills)]),
      '  ',
    )}`,
    json: {
      merchantId,
      available: decimal(available),
      locked: decimal(locked),
      accounts: Object.fromEntries(accounts.map(([name, mills]) => [name, decimal(mills)])),
    },
  };
}

async function accountsOf({ db }: Session['deps'], merchantId: string): Promise<[name: string, mills: Mills][]> {
  const rows = await db
    .selectFrom('account')
    .select(['name', 'balance_mills'])
    .where('merchant_id', '=', merchantId)
    .orderBy('name')
    .execute();
  return rows.map((row) => [row.name, row.balance_mills]);
}
