import { Actor } from '../../shared/actor.tsx';
import { StateBadge } from '../../shared/state-badge.tsx';
import { Time } from '../../shared/time.tsx';
import classes from './marketplaces.module.css';
import type { Marketplace } from './queries.ts';

type Standing = Pick<Marketplace, 'kind' | 'isInUse' | 'pause' | 'health'>;

/** In words, from the one that matters most: several can be true at once. */
export function statesOf({ kind, isInUse, pause, health: { circuit } }: Standing): string[] {
  const states = [
    ...(pause ? ['paused'] : []),
    ...(circuit === 'open' ? ['not offered'] : []),
    ...(circuit === 'trial' ? ['on trial'] : []),
    ...(isInUse ? [] : ['not in use']),
    ...(kind === null ? ['removed'] : []),
  ];
  return states.length === 0 ? ['offered'] : states;
}

/** Whether it sells now; if it does not, why, and what comes next. */
export function MarketplaceState({ marketplace }: { readonly marketplace: Marketplace }) {
  return (
    <div className={classes['states']}>
      {statesOf(marketplace).map((state) => (
        <div key={state}>
          <StateBadge state={state} />
          <Why state={state} marketplace={marketplace} />
        </div>
      ))}
    </div>
  );
}

function Why({ state, marketplace: { pause, health } }: { readonly state: string; readonly marketplace: Marketplace }) {
  if (state === 'paused' && pause) {
    return (
      <div className={classes['why']}>
        {pause.reason}
        <div className="muted">
          <Actor actor={pause.actor} /> <Time at={pause.since} />
        </div>
      </div>
    );
  }
  if (state === 'not in use') return <div className={classes['why']}>Restart the node to buy with it.</div>;
  if (state === 'removed') return <div className={classes['why']}>This node uses it until it is restarted.</div>;
  return <HealthReason state={state} health={health} />;
}

function HealthReason({ state, health }: { readonly state: string; readonly health: Marketplace['health'] }) {
  const { reason, retryAt, failures } = health;
  if (failures === 0 && reason === null) return null;
  return (
    <div className={classes['why']}>
      {reason}
      <div className="muted">
        {failures === 1 ? '1 failed purchase' : `${failures} failed purchases in a row`}
        {state === 'not offered' && retryAt !== null && (
          <>
            , next trial <Time at={retryAt} show="clock" />
          </>
        )}
        {state === 'on trial' && ', the next one decides'}
      </div>
    </div>
  );
}
