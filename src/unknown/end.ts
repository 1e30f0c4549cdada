import { OperatorError } from '../core/operator-error.ts';
import type { Deps } from '../deps.ts';
import { endByOperator, type OperatorStatement, type StatementOutcome } from '../settlement/end-by-operator.ts';
import type { MoveDeps } from '../trades/move.ts';
import type { UnknownOutcome } from './queries.ts';

/**
 * Ends a purchase that its marketplace never made, as an operator knows: the item fails, and its money is released.
 * @throws OperatorError for a cancellation, and for a purchase that may still be made or whose outcome is known
 */
export async function endUnknown(
  deps: Pick<Deps, 'db'> & MoveDeps,
  { kind, id, merchantId, tradeId, itemId }: UnknownOutcome,
  statement: OperatorStatement,
): Promise<void> {
  if (kind !== 'purchase') {
    throw new OperatorError(`${id} is a cancellation, which ends with its order; retry it with skinrail unknown push`);
  }
  const purchase = { merchant_id: merchantId, id, trade_id: tradeId, item_id: itemId };
  const refusal = refusals[await endByOperator(deps, purchase, statement)];
  if (refusal !== null) throw new OperatorError(`${id} is not ended: ${refusal}`);
}

const refusals: Readonly<Record<StatementOutcome, string | null>> = {
  ended: null,
  known: 'its outcome is known by now; see skinrail trade show',
  calling: 'a call is under way, which may be buying now; try again in a minute',
  'too soon': 'its last call was less than an hour ago, and may still arrive; try again later',
  'reference known':
    'its marketplace has said that it knows the reference, so there may be an order; ask the marketplace about it',
};
