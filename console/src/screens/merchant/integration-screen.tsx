import { Button, Group, Skeleton } from '@mantine/core';
import { getRouteApi } from '@tanstack/react-router';
import { useState } from 'react';
import { useMay } from '../../api/session.ts';
import { ErrorView } from '../../shared/error-view.tsx';
import { gatewayNow } from '../../shared/gateway-clock.ts';
import { Notice } from '../../shared/notice.tsx';
import { OneTimeValue } from '../../shared/one-time-value.tsx';
import { Panel, Section } from '../../shared/page.tsx';
import { Time } from '../../shared/time.tsx';
import { FirstRequest } from './first-request.tsx';
import { CallbacksOnDialog, CallbackUrlDialog, OriginsDialog, SecretDialog } from './integration-dialogs.tsx';
import { Keys } from './keys.tsx';
import classes from './merchant.module.css';
import { MerchantPage } from './merchant-page.tsx';
import { type MadeKey, type MerchantDetails, useOrigins } from './queries.ts';
import { type Setting, SettingsList } from './settings-list.tsx';

const route = getRouteApi('/signed-in/merchants/$merchantId/integration');

/** What a merchant's own code needs: keys, the secret, the callback URL and the origins of its pages. */
export function IntegrationScreen() {
  const { merchantId } = route.useParams();
  return (
    <MerchantPage merchantId={merchantId} part="Integration">
      {(merchant) => <Integration merchant={merchant} />}
    </MerchantPage>
  );
}

function Integration({ merchant }: { readonly merchant: MerchantDetails }) {
  const mayChange = useMay('integrate');
  const [made, setMade] = useState<MadeKey | null>(null);
  return (
    <>
      <Section title="Keys">
        <Keys merchant={merchant} mayChange={mayChange} made={made} onMade={setMade} />
      </Section>
      <Section title="First request">
        <Panel>
          <FirstRequest apiKey={made?.apiKey ?? null} />
        </Panel>
      </Section>
      <Section title="Callbacks and pages">
        <Endpoints merchant={merchant} mayChange={mayChange} />
      </Section>
    </>
  );
}

type Open = 'secret' | 'url' | 'on' | 'origins';

interface EndpointsProps {
  readonly merchant: MerchantDetails;
  readonly mayChange: boolean;
}

function Endpoints({ merchant, mayChange }: EndpointsProps) {
  const origins = useOrigins(merchant.id);
  const [open, setOpen] = useState<Open | null>(null);
  const [secret, setSecret] = useState<string | null>(null);
  const close = () => setOpen(null);
  if (origins.isPending) return <Skeleton height={180} />;
  if (!origins.data) return <ErrorView error={origins.error} onRetry={() => void origins.refetch()} />;
  return (
    <>
      {merchant.callbacksOffSince !== null && (
        <CallbacksOff merchant={merchant} onSwitchOn={mayChange ? () => setOpen('on') : null} />
      )}
      {secret !== null && (
        <OneTimeValue title="The new API secret" value={secret} of="secret" onDone={() => setSecret(null)}>
          The merchant’s server checks with it that callbacks come from this gateway. Keep it where passwords are kept.
        </OneTimeValue>
      )}
      <SettingsList settings={settingsOf(merchant, origins.data, mayChange ? setOpen : null)} />
      {open === 'secret' && <SecretDialog merchant={merchant} onMade={setSecret} onClose={close} />}
      {open === 'url' && <CallbackUrlDialog merchant={merchant} onClose={close} />}
      {open === 'on' && <CallbacksOnDialog merchant={merchant} onClose={close} />}
      {open === 'origins' && <OriginsDialog merchant={merchant} origins={origins.data} onClose={close} />}
    </>
  );
}

interface CallbacksOffProps {
  readonly merchant: MerchantDetails;
  /** null: the person may not. */
  readonly onSwitchOn: (() => void) | null;
}

function CallbacksOff({ merchant: { callbacksOffSince, callbacksOffReason }, onSwitchOn }: CallbacksOffProps) {
  return (
    <Notice tone="bad" title="Callbacks are switched off">
      Since <Time at={callbacksOffSince} />
      {callbacksOffReason === null ? '.' : `: ${callbacksOffReason}.`} Until they are on again, trades are not approved.
      {onSwitchOn && (
        <Group mt={8}>
          <Button variant="default" onClick={onSwitchOn}>
            Switch callbacks on…
          </Button>
        </Group>
      )}
    </Notice>
  );
}

/** @param open null: the person may change none */
function settingsOf(
  { hasApiSecret, previousSecretUntil, callbackUrl, callbacksFailingSince, hasTokenSecret }: MerchantDetails,
  origins: readonly string[],
  open: ((setting: Open) => void) | null,
): Setting[] {
  const action = (label: string, setting: Open) => (open ? { label, run: () => open(setting) } : undefined);
  return [
    {
      name: 'API secret',
      about: 'Signs callbacks, so that the merchant’s server knows who has sent them.',
      value: <SecretState isThere={hasApiSecret} previousUntil={previousSecretUntil} />,
      action: action(hasApiSecret ? 'Replace…' : 'Make…', 'secret'),
    },
    {
      name: 'Callback URL',
      about: 'Where the merchant’s server approves trades and learns what became of them.',
      value: <UrlState url={callbackUrl} failingSince={callbacksFailingSince} />,
      action: action('Change…', 'url'),
    },
    {
      name: 'Origins of client pages',
      about: 'Pages of these origins may call the client routes from browsers.',
      value: origins.length === 0 ? <None /> : <Lines lines={origins} />,
      action: action('Change…', 'origins'),
    },
    {
      name: 'Secret of client tokens',
      about: 'Signs the tokens of the merchant’s own customers.',
      value: hasTokenSecret ? 'One of its own' : 'The API secret',
    },
  ];
}

function SecretState({ isThere, previousUntil }: { readonly isThere: boolean; readonly previousUntil: string | null }) {
  if (!isThere) return <span style={{ color: 'var(--waiting)' }}>Missing: trades cannot be approved</span>;
  if (previousUntil === null || new Date(previousUntil).getTime() < gatewayNow()) return 'Set';
  return (
    <>
      Set
      <div className={classes['about']}>
        The one before signs too until <Time at={previousUntil} />
      </div>
    </>
  );
}

function UrlState({ url, failingSince }: { readonly url: string | null; readonly failingSince: string | null }) {
  if (url === null) return <span style={{ color: 'var(--waiting)' }}>Missing: trades cannot be approved</span>;
  return (
    <>
      <span className="mono">{url}</span>
      {failingSince !== null && (
        <div className={classes['about']}>
          Its server has accepted no callback since <Time at={failingSince} />
        </div>
      )}
    </>
  );
}

function Lines({ lines }: { readonly lines: readonly string[] }) {
  return (
    <ul className={`mono ${classes['lines']}`}>
      {lines.map((line) => (
        <li key={line}>{line}</li>
      ))}
    </ul>
  );
}

function None() {
  return <span className="muted">None</span>;
}
