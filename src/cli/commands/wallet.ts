import type { Command } from 'commander';
import { ApiError } from '../../core/errors.ts';
import type { Mills } from '../../core/money.ts';
import { OperatorError } from '../../core/operator-error.ts';
import { requireMerchant } from '../../merchants/operations.ts';
import { fundAlone, requestFunding } from '../../wallets/funding-requests.ts';
import { balanceOf, type FundingMove, fundingKey } from '../../wallets/operations.ts';
import { columns, decimal, dollars } from '../format.ts';
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
  const outcome = await fund(deps, move);
  if (outcome === 'needs_approval') return request(session, move, reason);
  const booked = outcome === 'booked';
  if (!booked) await requireSameAmount(deps, move);
  const { available, locked } = await balanceOf(deps, move.merchantId);
  const done = `${move.direction}ed ${dollars(move.amountMills)}`;
  const text = booked ? done : `${done} before with reference ${move.reference}; nothing was changed`;
  return {
    text: `${text}; available is ${dollars(available)}\n`,
    json: { merchantId: move.merchantId, booked, available: decimal(available), locked: decimal(locked) },
  };
}

async function fund(deps: Session['deps'], move: FundingMove): ReturnType<typeof fundAlone> {
  try {
    return await fundAlone(deps, move);
  } catch (error) {
    if (!(error instanceof ApiError) || error.key !== 'MERCHANT_BALANCE_LOW') throw error;
    const { available } = await balanceOf(deps, move.merchantId);
    throw new OperatorError(`only ${dollars(available)} is available`);
  }
}

/** What was booked under the reference of a movement; null: nothing. */
async function bookedAmount({ db }: Session['deps'], move: FundingMove): Promise<Mills | null> {
  if (move.reference === undefined) return null;
  const booked = await db
    .selectFrom('transfer')
    .select('amount_mills')
    .where('merchant_id', '=', move.merchantId)
    .where('key', '=', fundingKey(move.direction, move.reference))
    .executeTakeFirst();
  return booked?.amount_mills ?? null;
}

async function requireSameAmount(deps: Session['deps'], move: FundingMove): Promise<void> {
  requireSame(move, await bookedAmount(deps, move));
}

/** The same reference with a different amount is a mistake, not a repeat. */
function requireSame({ amountMills, reference }: FundingMove, used: Mills | null): void {
  if (used === null || used === amountMills) return;
  throw new OperatorError(`reference ${reference} was already used for ${dollars(used)}; use another reference`);
}

/** Nothing is booked before another operator has approved it. */
async function request(session: Session, move: FundingMove, reason: string | null): Promise<Report> {
  const { reference } = move;
  if (reason === null || reference === undefined) {
    const amount = dollars(move.amountMills);
    throw new OperatorError(`a second operator must approve ${amount}; give --reason for them, and a --reference`);
  }
  const { request: waiting, isNew } = await requestFunding(session.deps, { ...move, reference }, reason);
  requireSame(move, waiting.amount_mills);
  if (isNew) await session.watch?.({ kind: 'request', id: waiting.id }, true);
  return requestReport(waiting);
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
