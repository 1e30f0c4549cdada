import type { Facts } from './books.ts';
import type { Answer } from './round.ts';

/** What a round can end in that it must not. */
export type FaultKind = 'double refund' | 'lost refund' | 'wrong answer' | 'wrong outcome' | 'wrong call';

export interface Fault {
  readonly kind: FaultKind;
  readonly text: string;
}

/**
 * Everything that a round promises, held against the books of the gateway, of the marketplace and of the merchant.
 * `facts` are read when nothing of the round is under way any more.
 */
export function faultsOf(answers: readonly Answer[], facts: Facts): Fault[] {
  return [...outcomeFaults(facts), ...moneyFaults(facts), ...callFaults(facts), ...answerFaults(answers, facts)];
}

function fault(kind: FaultKind, isWrong: boolean, text: string): Fault[] {
  return isWrong ? [{ kind, text }] : [];
}

const isDelivered = ({ market }: Facts) => market.phase === 'accepted' || market.phase === 'settled';

/** One outcome, the one that the marketplace's books show, taken once and told to the merchant. */
function outcomeFaults(facts: Facts): Fault[] {
  const { state, market, events, cancellations, told } = facts;
  const expected = isDelivered(facts) ? ['hold', 'completed'] : market.phase === 'cancelled' ? ['reverted'] : [];
  const ends = events.filter((event) => ['hold', 'reverted', 'failed', 'declined'].includes(event.to));
  const cancellationEnds = cancellations.map((cancellation) => cancellation.state);
  const wrong = (isWrong: boolean, text: string) => fault('wrong outcome', isWrong, text);
  return [
    ...wrong(!expected.includes(state), `the item is ${state}, the marketplace says ${market.phase}`),
    ...wrong(ends.length !== 1, `it ended ${ends.length} times`),
    ...wrong(told !== state, `the merchant was last told ${told}`),
    ...wrong(
      cancellationEnds.some((end) => !['refused', 'settled', 'lost'].includes(end)),
      `a cancellation is left ${cancellationEnds}`,
    ),
    ...wrong(
      cancellationEnds.includes('settled') && state !== 'reverted',
      'a request is settled, the item was delivered',
    ),
    ...wrong(cancellationEnds.includes('lost') && state === 'reverted', 'a request is lost, the item was reverted'),
    ...wrong(
      state === 'reverted' && !cancellationEnds.includes('settled'),
      'it was reverted, and no request is settled',
    ),
  ];
}

/** Reverted: the whole price back, once, and nothing else. Delivered: nothing back. */
function moneyFaults({ state, market, transfers, priceMills }: Facts): Fault[] {
  const back = transfers.filter((each) => each.to === 'available');
  const others = transfers.filter((each) => each.to !== 'available');
  const isReverted = state === 'reverted';
  const text = `money moved: ${transfers.map((each) => `${each.kind} ${each.mills} (${each.key})`).join(', ') || 'none'}`;
  const isWhole = back.some((each) => each.kind === 'refund' && each.mills === priceMills);
  return [
    ...fault('double refund', back.length > 1 || (back.length > 0 && !isReverted), text),
    ...fault('double refund', isReverted && others.length > 0, text),
    ...fault('lost refund', market.phase === 'cancelled' && !isWhole, `of ${priceMills}; ${text}`),
  ];
}

/** Bought once; never asked to cancel twice at a time, nor after it said yes. */
function callFaults({ purchases, market }: Facts): Fault[] {
  const { buyCalls, cancelsAtOnce, cancelsAfterAccept } = market;
  const wrong = (isWrong: boolean, text: string) => fault('wrong call', isWrong, text);
  return [
    ...wrong(purchases !== 1 || buyCalls !== 1, `${purchases} purchases, bought ${buyCalls} times`),
    ...wrong(cancelsAtOnce > 1, `${cancelsAtOnce} cancels were under way at once`),
    ...wrong(cancelsAfterAccept > 0, `asked ${cancelsAfterAccept} times after it was accepted`),
  ];
}

function answerFaults(answers: readonly Answer[], facts: Facts): Fault[] {
  return answers.flatMap((answer) => {
    const why =
      answer.kind === 'cancel' || answer.kind === 'whole' ? wrongOfCancel(answer, facts) : wrongOfOther(answer, facts);
    const said = [answer.status, answer.key, answer.reason, answer.state]
      .filter((part) => part !== undefined)
      .join(' ');
    return why === null ? [] : [{ kind: 'wrong answer' as const, text: `${answer.kind} answered ${said}: ${why}` }];
  });
}

/** @returns null when the answer was honest */
function wrongOfCancel(answer: Answer, facts: Facts): string | null {
  const { status, key, reason } = answer;
  if (status === 200) return wrongOfSuccess(answer, facts);
  if (status === 503 && key === 'SERVICE_UNAVAILABLE' && reason === 'unknown') {
    return facts.market.cancelAnswers.unclear > 0 ? null : 'the marketplace gave clear answers only';
  }
  if (status === 400 && key === 'TRADE_NOT_CANCELLABLE') return wrongOfRefusal(answer, facts);
  return 'nothing in this race calls for it';
}

function wrongOfSuccess({ isRight }: Answer, { market, cancellations }: Facts): string | null {
  if (!isRight) return 'not the documented body';
  if (market.cancelAcceptedAt === null) return 'the marketplace never accepted';
  return cancellations.some((cancellation) => cancellation.state !== 'refused') ? null : 'every request was refused';
}

function wrongOfRefusal(answer: Answer, facts: Facts): string | null {
  const { reason, at } = answer;
  switch (reason) {
    case 'not_allowed':
      return facts.market.cancelAcceptedAt === null ? null : 'the marketplace accepted';
    case 'already_sent':
      return isDelivered(facts) ? null : 'nothing was sent';
    case 'already_closed':
    case 'already_cancelled': {
      const over = facts.events.find((event) => event.to === 'reverted');
      return over && new Date(over.at) <= at ? null : 'it was not over';
    }
    case 'not said': {
      // The cancel of a whole trade names the error, not why: one of the reasons must be true.
      const reasons = ['not_allowed', 'already_sent', 'already_cancelled'];
      const isTrue = reasons.some((each) => wrongOfRefusal({ ...answer, reason: each }, facts) === null);
      return isTrue ? null : 'there is no reason';
    }
    default:
      return 'no such reason in this race';
  }
}

/** A delivery may come too late (409); what was read must be on the way to what became of the item. */
function wrongOfOther({ kind, status, state }: Answer, facts: Facts): string | null {
  if (kind === 'deliver') return status === 200 || status === 409 ? null : 'neither delivered nor too late';
  if (status !== 200) return 'it always works';
  if (kind !== 'read' || state === 'pending') return null;
  if (state === 'active') return isDelivered(facts) ? null : 'no offer was ever sent';
  if (state === facts.state) return null;
  return state === 'hold' && facts.state === 'completed' ? null : `it became ${facts.state}`;
}
