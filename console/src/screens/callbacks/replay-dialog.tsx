import { ConfirmAction } from '../../shared/confirm-action.tsx';
import { type CallbackEntryDetails, replayCallback, useMerchant } from './queries.ts';

interface ReplayDialogProps {
  readonly callback: CallbackEntryDetails;
  readonly onClose: () => void;
}

/** Sends one callback again, whatever its state. */
export function ReplayDialog({ callback: { id, merchantId, state }, onClose }: ReplayDialogProps) {
  const { data: merchant } = useMerchant(merchantId);
  const isOff = merchant?.callbacksOffSince != null;
  const run = async () => {
    await replayCallback(id);
    return isOff ? 'It is sent again when callbacks are switched on.' : 'It is sent again within seconds.';
  };
  return (
    <ConfirmAction title="Send this callback again?" action="Send again" onClose={onClose} run={run}>
      <p style={{ margin: 0 }}>
        The same body is sent under the same id, and the schedule of retries begins anew.
        {state === 'delivered' && ' The server has accepted it before, and must recognise its id so that it acts once.'}
        {isOff && ' The merchant’s callbacks are switched off: it waits until they are on.'}
      </p>
    </ConfirmAction>
  );
}
