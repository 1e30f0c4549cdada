import { ConfirmAction } from '../../shared/confirm-action.tsx';
import { StopEffects } from '../../shared/stop-effects.tsx';
import { startedText } from '../freezes/queries.ts';
import { type MarketplaceDetails, pause } from './queries.ts';

interface DialogProps {
  readonly marketplace: MarketplaceDetails;
  readonly onClose: () => void;
}

/** Stops buying with an account. */
export function PauseDialog({ marketplace: { id, open }, onClose }: DialogProps) {
  const run = async (reason: string) => startedText(`Buying with ${id}`, await pause(id, reason));
  return (
    <ConfirmAction
      title={`Pause ${id}?`}
      action="Pause the account"
      isDangerous
      reasonHint="Kept for operators. Merchants do not see it"
      onClose={onClose}
      run={run}
    >
      <p style={{ margin: 0 }}>
        <strong>{purchasesText(open.purchases)}</strong> {open.purchases === 1 ? 'is' : 'are'} open at this account now.
      </p>
      <StopEffects scope="supplier" />
    </ConfirmAction>
  );
}

function purchasesText(count: number): string {
  if (count === 0) return 'No purchases';
  return count === 1 ? '1 purchase' : `${count} purchases`;
}
