import { Actor } from '../../shared/actor.tsx';
import { Notice } from '../../shared/notice.tsx';
import { Time } from '../../shared/time.tsx';
import type { MarketplaceDetails } from './queries.ts';

/** Why nothing, or less than usual, is bought with the account. */
export function Notices({ marketplace }: { readonly marketplace: MarketplaceDetails }) {
  const { kind, isInUse, pause, health } = marketplace;
  return (
    <>
      {pause && (
        <Notice tone="waiting" title="The account is paused">
          {pause.reason}{' '}
          <span className="muted">
            <Actor actor={pause.actor} />, since <Time at={pause.since} />.
          </span>{' '}
          Items that wait are cancelled from <Time at={pause.cancelledFrom} /> on, unless you resume it before.
        </Notice>
      )}
      <Circuit health={health} />
      {!isInUse && (
        <Notice tone="waiting" title="This node does not use the account">
          It was added after the node has started. Restart every node to buy with it.
        </Notice>
      )}
      {kind === null && (
        <Notice tone="waiting" title="The account was removed">
          This node uses it until it is restarted.
        </Notice>
      )}
    </>
  );
}

function Circuit({ health: { circuit, reason, failures, openedAt, retryAt } }: Pick<MarketplaceDetails, 'health'>) {
  if (circuit === 'closed') return null;
  const cause = `${failures === 1 ? 'A purchase' : `${failures} purchases in a row`} failed: ${reason ?? 'no reason is known'}.`;
  if (circuit === 'trial') {
    return (
      <Notice tone="waiting" title="Its listings are offered on trial">
        {cause} If the next purchase works, it is offered as usual. If it fails, its listings disappear again.
      </Notice>
    );
  }
  return (
    <Notice tone="bad" title="Its listings are not offered">
      {cause} They have been hidden since <Time at={openedAt} />; the next trial begins at{' '}
      <Time at={retryAt} show="clock" />. Open orders go on as usual.
    </Notice>
  );
}
