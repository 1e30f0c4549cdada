import type { Deps } from '../deps.ts';
import { HELD, type Supplier } from '../suppliers/supplier.ts';
import { isClear, type TradeUrlAnswer, type TradeUrlChecker, type UnclearAnswer } from './checker.ts';

type CheckTradeUrl = NonNullable<Supplier['checkTradeUrl']>;

interface Account {
  readonly id: string;
  readonly checkTradeUrl: CheckTradeUrl;
}

interface CheckOptions {
  /** The time limit of a check with all accounts; each may use its share of what is left. */
  readonly limitMs: number;
  readonly metrics: Pick<Deps['metrics'], 'supplierCalls'>;
}

/**
 * Checks trade URLs with the accounts that can, one after the other in their order; the first clear answer counts.
 * @returns null when no account can check trade URLs
 */
export function checkerOf(
  suppliers: readonly Pick<Supplier, 'id' | 'checkTradeUrl'>[],
  options: CheckOptions,
): TradeUrlChecker | null {
  const accounts = suppliers.flatMap(({ id, checkTradeUrl }) => (checkTradeUrl ? [{ id, checkTradeUrl }] : []));
  if (accounts.length === 0) return null;
  return {
    check: (tradeUrl) => check(accounts, tradeUrl, options),
    // The suppliers are closed by their registry.
    close: async () => {},
  };
}

async function check(
  accounts: readonly Account[],
  tradeUrl: string,
  { limitMs, metrics }: CheckOptions,
): Promise<TradeUrlAnswer> {
  const endsAt = performance.now() + limitMs;
  const unclear: UnclearAnswer[] = [];
  for (const [index, { id, checkTradeUrl }] of accounts.entries()) {
    const shareMs = (endsAt - performance.now()) / (accounts.length - index);
    const answer = await checkTradeUrl(tradeUrl, Math.max(1, Math.floor(shareMs)));
    metrics.supplierCalls.inc({ supplier: id, call: 'check', outcome: outcomeOf(answer) });
    if (isClear(answer)) return answer;
    unclear.push({ standing: answer.standing, cause: `${id}: ${withoutToken(answer.cause, tradeUrl)}` });
  }
  // A refusal says more than no answer.
  const isRefused = unclear.some(({ standing }) => standing === 'refused');
  return { standing: isRefused ? 'refused' : 'unknown', cause: unclear.map(({ cause }) => cause).join('; ') };
}

function outcomeOf(answer: TradeUrlAnswer): string {
  if (isClear(answer) || answer.standing === 'refused') return 'read';
  return answer.isHeld ? HELD : 'unknown';
}

/** A marketplace may repeat the URL in its text. */
function withoutToken(cause: string, tradeUrl: string): string {
  const token = URL.parse(tradeUrl)?.searchParams.get('token');
  return token ? cause.replaceAll(token, '[token]') : cause;
}
