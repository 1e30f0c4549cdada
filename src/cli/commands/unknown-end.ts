import type { Command } from 'commander';
import { OperatorError } from '../../core/operator-error.ts';
import { endByOperator, type StatementOutcome } from '../../settlement/end-by-operator.ts';
import { requireUnknown } from '../../unknown/queries.ts';
import { columns } from '../format.ts';
import { readId, readReason } from '../input.ts';
import { withMoveDeps } from '../move-deps.ts';
import {
  type Choose,
  type DatabaseOptions,
  databaseCommand,
  EXAMPLE_ID,
  onDatabase,
  type Report,
  type Session,
} from '../task.ts';

interface EndOptions extends DatabaseOptions {
  readonly reason: string;
}

/** `skinrail unknown end`: ends a purchase that the marketplace has told an operator it never made. */
export function addUnknownEndCommand(unknown: Command, choose: Choose): void {
  databaseCommand(
    unknown,
    'end <id>',
    'end a purchase that its marketplace never made, as you know from its own pages or people: the item fails, and its money is released',
    `unknown end ${EXAMPLE_ID} --reason "their support: no such order"`,
  )
    .requiredOption('--reason <text>', 'how you know it; stored with the event and shown to operators only')
    .action((text: string, options: EndOptions) => {
      const id = readId(text, 'purchase');
      const reason = readReason(options.reason);
      choose(onDatabase(options, (session) => end(session, id, reason)));
    });
}

async function end({ deps, operator, watch }: Session, id: string, reason: string): Promise<Report> {
  const { kind, merchantId, tradeId, itemId, reference } = await requireUnknown(deps, id);
  if (kind !== 'purchase') {
    throw new OperatorError(`${id} is a cancellation, which ends with its order; retry it with skinrail unknown push`);
  }
  await watch?.({ kind: 'trade', id: tradeId });
  await watch?.({ kind: 'merchant', id: merchantId });
  const purchase = { merchant_id: merchantId, id, trade_id: tradeId, item_id: itemId };
  const outcome = await endByOperator(withMoveDeps(deps), purchase, { actor: operator, reason });
  const refusal = refusals[outcome];
  if (refusal) throw new OperatorError(`${id} is not ended: ${refusal}`);
  return {
    text: columns([
      [
        'ended',
        `the item has failed, and its money is released; an order that turns up under ${reference} raises an alert`,
      ],
      ['trade', tradeId],
    ]),
    json: { id, tradeId, itemId, outcome },
  };
}

const refusals: Record<StatementOutcome, string | null> = {
  ended: null,
  known: 'its outcome is known by now; see skinrail trade show',
  calling: 'a call is under way, which may be buying now; try again in a minute',
  'too soon': 'its last call was less than an hour ago, and may still arrive; try again later',
  'reference known':
    'its marketplace has said that it knows the reference, so there may be an order; ask the marketplace about it',
};
