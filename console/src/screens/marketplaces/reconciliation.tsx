import { Time } from '../../shared/time.tsx';
import classes from './marketplaces.module.css';
import type { Marketplace } from './queries.ts';

/** How the marketplace's own list of orders compared with the purchases here. */
export function Reconciliation({ reconciliation: last }: Pick<Marketplace, 'reconciliation'>) {
  if (!last || last.endedAt === null) return <span className="muted">never compared</span>;
  return (
    <>
      <span className={last.differences > 0 || last.cause !== null ? classes['differs'] : undefined}>
        {resultOf(last)}
      </span>
      <div className="muted">
        <Time at={last.endedAt} />
      </div>
    </>
  );
}

function resultOf({ differences, cause }: NonNullable<Marketplace['reconciliation']>): string {
  if (differences > 0) return differences === 1 ? '1 difference' : `${differences} differences`;
  return cause === null ? 'agrees' : 'not compared';
}
