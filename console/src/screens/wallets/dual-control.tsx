import { Button, Checkbox, Skeleton, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useMay } from '../../api/session.ts';
import { millsOf, typedMills } from '../../shared/amounts.ts';
import { ConfirmAction } from '../../shared/confirm-action.tsx';
import { ErrorView } from '../../shared/error-view.tsx';
import { dollars } from '../../shared/money.tsx';
import { Notice } from '../../shared/notice.tsx';
import { Panel } from '../../shared/page.tsx';
import { changeDualControl, useDualControl } from './queries.ts';
import classes from './wallets.module.css';

const REASON_MAX = 200;

/** Above which amount a second person is needed, and changing it. */
export function DualControlLimit() {
  const query = useDualControl();
  const mayChange = useMay('staff');
  const [isOpen, setOpen] = useState(false);
  if (query.isPending) return <Skeleton height={70} />;
  if (!query.data) return <ErrorView error={query.error} onRetry={() => void query.refetch()} />;
  const { above } = query.data;
  return (
    <Panel>
      <div className={classes['limit']}>
        <div>
          <div className={classes['amount']}>{above === null ? 'Never' : `Above ${dollars(above)}`}</div>
          <div className="muted">
            {above === null
              ? 'One person is enough for a credit or debit of any amount.'
              : 'A credit or debit above this amount is booked when a second person approves it.'}
          </div>
        </div>
        {mayChange && (
          <Button variant="default" onClick={() => setOpen(true)}>
            Change the limit…
          </Button>
        )}
      </div>
      {isOpen && <LimitDialog now={above} onClose={() => setOpen(false)} />}
    </Panel>
  );
}

interface LimitDialogProps {
  /** null: there is none. */
  readonly now: string | null;
  readonly onClose: () => void;
}

function LimitDialog({ now, onClose }: LimitDialogProps) {
  const [text, setText] = useState('');
  const [isNone, setNone] = useState(false);
  const above = isNone ? null : text.trim();
  const run = async (reason: string) => {
    const request = await changeDualControl(above, reason);
    return request ? 'The change waits for a second person.' : 'The limit is changed.';
  };
  return (
    <ConfirmAction
      title="When a second person is needed"
      action="Change the limit"
      reasonHint="For the audit trail, and for the second person where one is needed"
      reasonMax={REASON_MAX}
      onClose={onClose}
      run={run}
    >
      <TextInput
        label="A second person is needed above"
        description={`Dollars, with at most two decimals. Now: ${now === null ? 'no limit' : dollars(now)}`}
        required={!isNone}
        disabled={isNone}
        inputMode="decimal"
        pattern="[0-9]{1,12}([.][0-9]{1,2})?"
        leftSection="$"
        value={text}
        onChange={({ currentTarget }) => setText(currentTarget.value)}
      />
      <Checkbox
        label="No limit"
        description="One person is enough for any amount"
        checked={isNone}
        onChange={({ currentTarget }) => setNone(currentTarget.checked)}
      />
      <Effect now={now} above={above} />
    </ConfirmAction>
  );
}

function Effect({ now, above }: { readonly now: string | null; readonly above: string | null }) {
  const before = now === null ? null : millsOf(now);
  const after = above === null ? null : typedMills(above);
  if (above !== null && after === null) return <Notice title="What will happen">Enter an amount above $0.00.</Notice>;
  const isLooser = before !== null && (after === null || after > before);
  if (isLooser) {
    return (
      <Notice tone="waiting" title="A second person has to approve this">
        Raising or lifting the limit counts when another person has approved it. Until then it stays at{' '}
        {now === null ? 'no limit' : dollars(now)}.
      </Notice>
    );
  }
  return <Notice title="What will happen">The change counts at once, for new credits and debits.</Notice>;
}
