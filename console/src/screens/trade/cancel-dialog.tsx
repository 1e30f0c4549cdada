import { ConfirmAction } from '../../shared/confirm-action.tsx';
import { dollars } from '../../shared/money.tsx';
import { Notice } from '../../shared/notice.tsx';
import { type CancelPreview, cancelItem, type Item, nameOf } from './queries.ts';

interface CancelDialogProps {
  readonly tradeId: string;
  readonly item: Item;
  readonly preview: CancelPreview;
  readonly onClose: () => void;
}

/** Says what cancelling an item will do, and does it. */
export function CancelDialog({ tradeId, item, preview, onClose }: CancelDialogProps) {
  const name = nameOf(item);
  const isAtOnce = preview.outcome === 'canceled';
  const run = async (reason: string) => {
    const outcome = await cancelItem(tradeId, item.internalId, reason);
    return announcementOf(name, outcome);
  };
  return (
    <ConfirmAction
      title="Cancel this item?"
      action={isAtOnce ? 'Cancel the item' : 'Request cancellation'}
      dismiss="Keep the item"
      isDangerous
      reasonHint="Kept in the audit trail"
      onClose={onClose}
      run={run}
    >
      <p style={{ margin: 0 }}>
        <strong>{name}</strong>, {dollars(item.price)}, now {item.state}.
      </p>
      <Notice tone={isAtOnce ? 'info' : 'waiting'} title="What will happen">
        {preview.effect}
      </Notice>
    </ConfirmAction>
  );
}

function announcementOf(name: string, outcome: string): string {
  if (outcome === 'canceled') return `${name} is cancelled, and its money is released.`;
  if (outcome === 'requested') return `The cancellation of ${name} is requested.`;
  return `${name}: ${outcome}.`;
}
