import { HOUR_MS, later } from '../core/clock.ts';
import { newId, referenceOf } from '../core/ids.ts';
import { type Mills, NOTHING } from '../core/money.ts';
import type { HistoryAnswer } from '../suppliers/history.ts';
import type { BalanceAnswer, FindAnswer, Supplier, SupplierFault, Unknown } from '../suppliers/supplier.ts';
import type { ClockAhead, ServerClock } from './server-clock.ts';

/** What an account may be asked without changing anything. */
export type CheckedCall = 'reading the balance' | 'looking up an order' | 'listing orders';

/** What the reading calls of an account say. */
export interface AccountCheck {
  /** Those that the marketplace has, and what came instead of an answer; null: it was answered. */
  readonly calls: readonly { readonly call: CheckedCall; readonly cause: string | null }[];
  /** null: the marketplace does not say, or did not answer clearly. */
  readonly balanceMills: Mills | null;
  /** null: not known. */
  readonly isKeyAccepted: boolean | null;
  /** Why purchases would be refused; null: no reason is known. */
  readonly fault: SupplierFault | null;
  /** How far the marketplace's clock is from ours; null: it does not say. */
  readonly clockAhead: ClockAhead | null;
  /** Of the first call. */
  readonly durationMs: number;
}

type Answer = BalanceAnswer | FindAnswer | HistoryAnswer;

/**
 * Makes calls that change nothing, one after the other: reads the balance, looks up a reference that no purchase has, and
 * reads the orders of the last hour.
 * @param clock has heard the answers to the supplier's calls
 */
export async function checkAccount(supplier: Supplier, now: Date, clock: ServerClock): Promise<AccountCheck> {
  const startedAt = performance.now();
  let durationMs = 0;
  const answers = new Map<CheckedCall, Answer>();
  for (const [call, ask] of callsOf(supplier, now)) {
    answers.set(call, await ask());
    durationMs ||= Math.round(performance.now() - startedAt);
  }
  const calls = [...answers].map(([call, answer]) => ({ call, cause: unclearIn(answer)?.cause ?? null }));
  const fault =
    [...answers.values()].map((answer) => unclearIn(answer)?.fault).find((each) => each !== undefined) ?? null;
  const balance = answers.get('reading the balance');
  const balanceMills = balance && 'availableMills' in balance ? balance.availableMills : null;
  const isEmpty = balanceMills !== null && balanceMills <= NOTHING;
  const isAnswered = calls.some(({ cause }) => cause === null);
  return {
    calls,
    balanceMills,
    isKeyAccepted: acceptanceOf(fault, isAnswered),
    fault: fault ?? (isEmpty ? 'balance' : null),
    clockAhead: clock.ahead,
    durationMs,
  };
}

type Ask = readonly [call: CheckedCall, ask: () => Promise<Answer>];

function callsOf(supplier: Supplier, now: Date): Ask[] {
  const { balance, history } = supplier;
  const lastHour = { from: later(now, -HOUR_MS), to: now };
  const asks: Ask[] = [['looking up an order', () => supplier.find([referenceOf(newId(now))])]];
  if (balance) asks.unshift(['reading the balance', balance]);
  if (history) asks.push(['listing orders', () => history(lastHour, null)]);
  return asks;
}

function acceptanceOf(fault: SupplierFault | null, isAnswered: boolean): boolean | null {
  if (fault === 'misconfigured') return false;
  return isAnswered || fault === 'balance' ? true : null;
}

/** A look-up that finds nothing is an answer, also where the marketplace does not say that there is nothing. */
function unclearIn(answer: Answer): Unknown | null {
  if (answer.outcome !== 'unknown') return null;
  return 'isWithoutOrder' in answer && answer.isWithoutOrder ? null : answer;
}
