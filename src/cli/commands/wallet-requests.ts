import type { Command } from 'commander';
import { decimal, type Mills } from '../../core/money.ts';
import { OperatorError } from '../../core/operator-error.ts';
import type { FundingRequestRow } from '../../db/tables.ts';
import { DUAL_CONTROL } from '../../operators/subjects.ts';
import { decideCovered } from '../../wallets/fund.ts';
import {
  changeDualControl,
  type Decision,
  dualControlAbove,
  findRequest,
  listRequests,
} from '../../wallets/funding-requests.ts';
import { type Cell, columns, dollars, listing } from '../format.ts';
import { readAmount, readId, readReason, readWhole } from '../input.ts';
import {
  type Choose,
  changing,
  type DatabaseOptions,
  databaseCommand,
  EXAMPLE_ID,
  type Report,
  readingDatabase,
  type Session,
} from '../task.ts';

const LIMIT_MAX = 1000;

interface ListOptions extends DatabaseOptions {
  readonly all?: boolean;
  readonly limit: string;
}

interface LimitOptions extends DatabaseOptions {
  readonly above?: string;
  readonly reason?: string;
}

/** `skinrail wallet …`: what one operator may not do alone. */
export function addRequestCommands(wallet: Command, choose: Choose): void {
  databaseCommand(wallet, 'requests', 'list what waits for a second operator, newest first', 'wallet requests')
    .option('--all', 'also what was approved or rejected')
    .option('--limit <number>', 'maximum number of rows', '20')
    .action((options: ListOptions) => {
      const filter = { isWaiting: !options.all, limit: readWhole(options.limit, '--limit', LIMIT_MAX) };
      choose(readingDatabase(options, (session) => list(session, filter)));
    });
  addDecision(wallet, choose, 'approve', 'approved', 'book what another operator has asked for');
  addDecision(wallet, choose, 'reject', 'rejected', 'refuse what an operator has asked for');

  databaseCommand(
    wallet,
    'dual-control',
    'show or change the amount above which a credit or debit needs a second operator; raising or removing it needs one too',
    'wallet dual-control --above 500 --reason "our rule since July"',
  )
    .option('--above <dollars>', 'amounts above it need two operators; "none": one is enough for any')
    .option('--reason <text>', 'why; required with --above')
    .action((options: LimitOptions) => {
      const change = readLimit(options);
      if (change === null) choose(readingDatabase(options, showLimit));
      else choose(changing(options, DUAL_CONTROL, (session) => changeLimit(session, change)));
    });
}

function addDecision(
  wallet: Command,
  choose: Choose,
  name: string,
  decision: Decision['decision'],
  description: string,
): void {
  databaseCommand(wallet, `${name} <request>`, description, `wallet ${name} ${EXAMPLE_ID}`).action(
    (text: string, options: DatabaseOptions) => {
      const id = readId(text, 'request');
      choose(changing(options, { kind: 'request', id }, (session) => decideOn(session, id, decision)));
    },
  );
}

async function list({ deps }: Session, filter: Parameters<typeof listRequests>[1]): Promise<Report> {
  const requests = await listRequests(deps, filter);
  const rows = requests.map((one) => [
    one.id,
    one.kind,
    amountText(one),
    one.merchant_id,
    one.reference,
    one.requested_by,
    one.decision ?? 'waiting',
    one.decided_by,
    one.reason,
  ]);
  const head = ['id', 'what', 'dollars', 'merchant', 'reference', 'by', 'state', 'decided by', 'reason'];
  return { text: listing(head, rows, 'nothing waits'), json: requests.map(toJson) };
}

async function decideOn(session: Session, id: string, decision: Decision['decision']): Promise<Report> {
  const { deps, operator, watch } = session;
  const merchantId = (await findRequest(deps, id))?.merchant_id;
  await watch?.(DUAL_CONTROL);
  if (merchantId) await watch?.({ kind: 'merchant', id: merchantId });
  return requestReport(await decideCovered(deps, { id, decision, actor: operator }));
}

interface LimitChange {
  readonly aboveMills: Mills | null;
  readonly reason: string;
}

/** @returns null: the limit is only shown */
function readLimit({ above, reason }: LimitOptions): LimitChange | null {
  if (above === undefined) return null;
  if (reason === undefined) throw new OperatorError('--above needs a --reason');
  return { aboveMills: above === 'none' ? null : readAmount(above), reason: readReason(reason) };
}

async function changeLimit({ deps, operator, watch }: Session, { aboveMills, reason }: LimitChange): Promise<Report> {
  const request = await changeDualControl(deps, aboveMills, { actor: operator, reason });
  if (request === null) return limitReport(aboveMills);
  await watch?.({ kind: 'request', id: request.id }, true);
  return requestReport(request);
}

async function showLimit({ deps }: Session): Promise<Report> {
  return limitReport(await dualControlAbove(deps.db));
}

function limitReport(aboveMills: Mills | null): Report {
  const text =
    aboveMills === null
      ? 'one operator credits and debits any amount alone'
      : `a credit or debit above ${dollars(aboveMills)} waits for a second operator`;
  return { text: `${text}\n`, json: { above: aboveMills === null ? null : decimal(aboveMills) } };
}

/** What became of a request, or that it waits. */
export function requestReport(request: FundingRequestRow): Report {
  const { id, decision } = request;
  const lines: (readonly Cell[])[] = [
    ['request', id],
    ['what', request.kind === 'limit' ? 'a new limit' : request.kind],
    ['dollars', amountText(request)],
    ['merchant', request.merchant_id],
    ['reference', request.reference],
    ['reason', request.reason],
    ['asked for by', request.requested_by],
    ['state', decision === null ? 'waiting' : `${decision} by ${request.decided_by}`],
  ];
  const next =
    decision === null ? `\nnothing is booked before another operator runs: skinrail wallet approve ${id}\n` : '';
  return { text: `${columns(lines)}${next}`, json: toJson(request) };
}

function amountText({ amount_mills: mills }: FundingRequestRow): string {
  return mills === null ? 'no limit' : dollars(mills);
}

function toJson(request: FundingRequestRow) {
  return {
    id: request.id,
    kind: request.kind,
    merchantId: request.merchant_id,
    amount: request.amount_mills === null ? null : decimal(request.amount_mills),
    reference: request.reference,
    reason: request.reason,
    requestedBy: request.requested_by,
    requestedAt: request.requested_at,
    state: request.decision ?? 'waiting',
    decidedBy: request.decided_by,
    decidedAt: request.decided_at,
  };
}
