import { Money } from '../../shared/money.tsx';
import { TimeAgo } from '../../shared/time-ago.tsx';
import type { Marketplace } from './queries.ts';

/** What is left at the marketplace, and how old that is. */
export function Balance({ health: { balance, balanceAt } }: Pick<Marketplace, 'health'>) {
  if (balance === null) {
    return (
      <span className="muted" title="It could not be read in the last five minutes">
        not known
      </span>
    );
  }
  return (
    <>
      <Money amount={balance} />
      {balanceAt !== null && (
        <div className="muted">
          <TimeAgo at={balanceAt} />
        </div>
      )}
    </>
  );
}
