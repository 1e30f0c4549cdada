import { ConfirmAction } from '../../shared/confirm-action.tsx';
import { Notice } from '../../shared/notice.tsx';
import { type MarketplaceDetails, resume } from './queries.ts';

interface DialogProps {
  readonly marketplace: MarketplaceDetails;
  readonly onClose: () => void;
}

/** Ends a pause, and offers listings again that failed purchases have hidden. */
export function ResumeDialog({ marketplace, onClose }: DialogProps) {
  const { id, pause, health } = marketplace;
  const hasFailed = health.circuit !== 'closed';
  const run = async () => {
    await resume(id);
    return `Buying with ${id} goes on.`;
  };
  return (
    <ConfirmAction title={`Resume ${id}?`} action="Resume the account" onClose={onClose} run={run}>
      <Notice title="What will happen">
        {pause && <p style={{ margin: 0 }}>The pause ends. Items that wait because of it go on within seconds.</p>}
        {hasFailed && (
          <p style={{ margin: 0 }}>
            Its listings are offered again on every node, within a second. The count of failed purchases begins anew.
          </p>
        )}
      </Notice>
      {hasFailed && (
        <Notice tone="waiting" title="Is the cause mended?">
          The last purchase failed: {health.reason ?? 'the reason is not known'}. If purchases still fail, the listings
          disappear again.
        </Notice>
      )}
    </ConfirmAction>
  );
}
