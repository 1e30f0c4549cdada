import { Button, Group } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useMay } from '../../api/session.ts';
import { Age } from '../../shared/age.tsx';
import { Loaded } from '../../shared/loaded.tsx';
import { Panel } from '../../shared/page.tsx';
import classes from './callbacks.module.css';
import { EnableDialog, ReplayRangeDialog, TestDialog } from './merchant-dialogs.tsx';
import { type CallbackFilters, type MerchantDetails, type SignatureTest, useMerchant } from './queries.ts';
import { TestResult } from './test-result.tsx';

interface MerchantPanelProps {
  readonly merchantId: string;
  /** Of the list, which a replay takes over. */
  readonly range: Pick<CallbackFilters, 'from' | 'to'>;
}

/** Where one merchant's callbacks go, whether they are on, and what can be done about them. */
export function MerchantPanel({ merchantId, range }: MerchantPanelProps) {
  const [result, setResult] = useState<SignatureTest | null>(null);
  return (
    <Loaded query={useMerchant(merchantId)} height={76}>
      {(merchant) => (
        <>
          <Panel>
            <div className={classes['merchant']}>
              <About merchant={merchant} />
              <Actions merchant={merchant} range={range} onTested={setResult} />
            </div>
          </Panel>
          {result && <TestResult result={result} onClose={() => setResult(null)} />}
        </>
      )}
    </Loaded>
  );
}

function About({ merchant }: { readonly merchant: MerchantDetails }) {
  const { name, callbackUrl, callbacksOffSince, callbacksOffReason, callbacksFailingSince } = merchant;
  return (
    <div className={classes['about']}>
      <strong>{name}</strong>
      {callbackUrl === null ? (
        <span className="muted">No callback URL is set, so nothing is sent.</span>
      ) : (
        <span className="mono">{callbackUrl}</span>
      )}
      {callbacksOffSince !== null ? (
        <span style={{ color: 'var(--bad)' }}>
          Switched off for <Age since={callbacksOffSince} />
          {callbacksOffReason !== null && `: ${callbacksOffReason}`}
        </span>
      ) : (
        callbacksFailingSince !== null && (
          <span style={{ color: 'var(--waiting)' }}>
            It has taken none for <Age since={callbacksFailingSince} />. After five days they are switched off.
          </span>
        )
      )}
    </div>
  );
}

interface ActionsProps {
  readonly merchant: MerchantDetails;
  readonly range: MerchantPanelProps['range'];
  readonly onTested: (result: SignatureTest) => void;
}

function Actions({ merchant, range, onTested }: ActionsProps) {
  const [open, setOpen] = useState<'replay' | 'test' | 'enable' | null>(null);
  const mayPush = useMay('push');
  const mayEnable = useMay('integrate') && merchant.callbacksOffSince !== null;
  const canTest = merchant.callbackUrl !== null && merchant.hasApiSecret;
  const close = () => setOpen(null);
  return (
    <Group gap="xs">
      {mayEnable && <Button onClick={() => setOpen('enable')}>Switch on…</Button>}
      {mayPush && canTest && (
        <Button variant="default" onClick={() => setOpen('test')}>
          Send a test…
        </Button>
      )}
      {mayPush && (
        <Button variant="default" onClick={() => setOpen('replay')}>
          Replay failed…
        </Button>
      )}
      {merchant.hasApiSecret && (
        <Button
          variant="default"
          renderRoot={(props) => <Link to="/callbacks/signature" search={{ merchant: merchant.id }} {...props} />}
        >
          Check a signature
        </Button>
      )}
      {open === 'enable' && <EnableDialog merchant={merchant} onClose={close} />}
      {open === 'test' && <TestDialog merchant={merchant} onTested={onTested} onClose={close} />}
      {open === 'replay' && <ReplayRangeDialog merchant={merchant} range={range} onClose={close} />}
    </Group>
  );
}
