import { ConfirmAction } from '../../shared/confirm-action.tsx';
import { Identifier } from '../../shared/identifier.tsx';
import { Notice } from '../../shared/notice.tsx';
import { endOutcome, type UnknownOutcome } from './queries.ts';

interface EndDialogProps {
  readonly outcome: UnknownOutcome;
  readonly onClose: () => void;
}

/** As long as the API accepts. */
const REASON_MAX = 200;

/** Ends a purchase that its marketplace never made, after it has said what that means. */
export function EndDialog({ outcome, onClose }: EndDialogProps) {
  const { id, marketHashName, merchant, supplier, reference } = outcome;
  const run = async (reason: string) => {
    // The API takes one line.
    await endOutcome(id, reason.replaceAll(/\s+/g, ' '));
    return `The purchase of ${marketHashName} is ended, and its money is back in the wallet of ${merchant.name}.`;
  };
  return (
    <ConfirmAction
      title="End this purchase?"
      action="End the purchase"
      dismiss="Go on looking it up"
      isDangerous
      reasonHint={`What ${supplier} said, and where. Kept in the trade’s timeline; the merchant does not see it`}
      reasonMax={REASON_MAX}
      onClose={onClose}
      run={run}
    >
      <Notice tone="bad" title={`Only if ${supplier} itself says that it never made this order`}>
        Look on its own pages for our reference, or ask its support about it:
        <div>
          <Identifier value={reference} of="reference" />
        </div>
        If the order exists after all, the recipient gets the item and the merchant has its money back: the loss is
        yours.
      </Notice>
      <ul style={{ margin: 0, paddingLeft: '1.2em' }}>
        <li>
          <strong>{marketHashName}</strong> fails with PURCHASE_FAILED, and its money is released to {merchant.name}.
          This cannot be undone.
        </li>
        <li>
          The order is looked up for two more weeks. If it turns up, an alert is raised, and no money moves a second
          time.
        </li>
        <li>
          This is refused for an hour after the last call, while a call is under way, and when {supplier} has said that
          it knows the reference.
        </li>
      </ul>
    </ConfirmAction>
  );
}
