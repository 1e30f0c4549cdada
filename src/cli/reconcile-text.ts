import { decimal, type Mills, NOTHING, subtract, sum } from '../core/money.ts';
import { type Difference, differenceKinds } from '../reconciliation/policy.ts';
import type { Reconciliation } from '../reconciliation/reconcile.ts';
import { dollars } from './format.ts';
import type { Report } from './task.ts';

/** Exit code 1 when something differs, and when not everything could be compared: that is never clean. */
export function reconcileReport({ supplier, range, orders, purchases, cause, differences }: Reconciliation): Report {
  const [from, to] = [range.from.toISOString(), range.to.toISOString()];
  const head = `${supplier} from ${from} to ${to}: ${orders} orders at the marketplace, ${purchases} purchases here\n`;
  const isClean = cause === null && differences.length === 0;
  const json = {
    supplier,
    from,
    to,
    orders,
    purchases,
    reconciled: cause === null,
    cause,
    differences: differences.map(toJson),
  };
  return {
    text: `${head}${differences.map(textOf).join('')}${endOf(cause, differences)}`,
    json,
    exitCode: isClean ? 0 : 1,
  };
}

function endOf(cause: string | null, differences: readonly Difference[]): string {
  const found = differences.length === 0 ? 'no difference' : `${countOf(differences)}${aboutOf(differences)}`;
  if (cause === null) return `${found}\n`;
  return `NOT reconciled: not all orders could be compared (${cause}); in the rest ${found}\n`;
}

function countOf({ length }: readonly Difference[]): string {
  return length === 1 ? '1 difference' : `${length} differences`;
}

function aboutOf(differences: readonly Difference[]): string {
  const amounts = differences.flatMap(({ amountMills }) => amountMills ?? []);
  return amounts.length === 0 ? '' : `, ${dollars(sum(amounts.map(magnitude)))} in all`;
}

function magnitude(amount: Mills): Mills {
  return amount < 0n ? subtract(NOTHING, amount) : amount;
}

function textOf(difference: Difference): string {
  const { kind, amountMills } = difference;
  const { meaning, advice } = differenceKinds[kind];
  const amount = amountMills === null ? 'amount not known' : dollars(amountMills);
  return [
    `DIFFERENT  ${kind}  ${amount}  ${idsOf(difference)}`,
    `           ${meaning}${comparisonOf(difference)}`,
    `           what to do: ${advice}`,
    '',
  ].join('\n');
}

function idsOf({ orderId, reference, tradeId, itemId }: Difference): string {
  const ids = { order: orderId, reference, trade: tradeId, item: itemId };
  return Object.entries(ids)
    .flatMap(([name, id]) => (id === null ? [] : `${name} ${id}`))
    .join('  ');
}

function comparisonOf({ oursMills, theirsMills }: Difference): string {
  const there = theirsMills === null ? [] : [`there ${dollars(theirsMills)}`];
  const here = oursMills === null ? [] : [`here ${dollars(oursMills)}`];
  const both = [...there, ...here];
  return both.length === 0 ? '' : `: ${both.join(', ')}`;
}

function toJson({ amountMills, oursMills, theirsMills, mayBeLate: _, ...difference }: Difference) {
  const { meaning, advice } = differenceKinds[difference.kind];
  const [amount, here, there] = [amountMills, oursMills, theirsMills].map((mills) =>
    mills === null ? null : decimal(mills),
  );
  return { ...difference, amount, here, there, meaning, advice };
}
