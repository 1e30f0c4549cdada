import { Checkbox, NativeSelect } from '@mantine/core';
import { useState } from 'react';
import { ConfirmAction } from '../../shared/confirm-action.tsx';
import { gatewayNow } from '../../shared/gateway-clock.ts';
import { LinesField, linesOf } from '../../shared/lines-field.tsx';
import { Notice } from '../../shared/notice.tsx';
import { Time } from '../../shared/time.tsx';
import { DEFAULT_SECONDS, durations, endOf } from './durations.ts';
import { keyName } from './key-columns.tsx';
import {
  createKey,
  type Key,
  type MadeKey,
  type MerchantDetails,
  revokeKey,
  rollKey,
  setAllowedIps,
} from './queries.ts';

const DAY_MS = 86_400_000;
const IPS_HINT = 'IP addresses or ranges such as 203.0.113.0/24, one a line. Empty: from anywhere';
const IPS_PLACEHOLDER = '203.0.113.7';
const lifetimes = [
  { value: '', label: 'Does not end by itself' },
  { value: '30', label: 'Ends after 30 days' },
  { value: '90', label: 'Ends after 90 days' },
  { value: '365', label: 'Ends after a year' },
];

interface CreateKeyProps {
  readonly merchant: MerchantDetails;
  readonly onMade: (made: MadeKey) => void;
  readonly onClose: () => void;
}

export function CreateKeyDialog({ merchant, onMade, onClose }: CreateKeyProps) {
  const [addresses, setAddresses] = useState('');
  const [days, setDays] = useState('');
  const [isFeedOnly, setFeedOnly] = useState(false);
  const run = async () => {
    const made = await createKey(merchant.id, {
      allowedIps: linesOf(addresses),
      ...(isFeedOnly ? { scopes: [] } : {}),
      ...(days === '' ? {} : { expiresAt: new Date(gatewayNow() + Number(days) * DAY_MS).toISOString() }),
    });
    onMade(made);
    return `The key ${keyName(made.key)} is made.`;
  };
  return (
    <ConfirmAction
      title={`New key for ${merchant.name}`}
      action="Make the key"
      dismiss="Back"
      onClose={onClose}
      run={run}
    >
      <LinesField
        label="Usable from"
        description={IPS_HINT}
        placeholder={IPS_PLACEHOLDER}
        value={addresses}
        onChange={setAddresses}
      />
      <NativeSelect
        label="How long it lasts"
        data={lifetimes}
        value={days}
        onChange={({ currentTarget }) => setDays(currentTarget.value)}
      />
      <Checkbox
        label="Live feed only"
        description="The key reads trades on the live feed, and can do nothing else"
        checked={isFeedOnly}
        onChange={({ currentTarget }) => setFeedOnly(currentTarget.checked)}
      />
      <Notice title="What will happen">
        You see the key once.{' '}
        {isFeedOnly ? 'It can spend no money.' : 'Whoever has it can buy with the money in the merchant’s wallet.'}
      </Notice>
    </ConfirmAction>
  );
}

interface KeyDialogProps {
  readonly apiKey: Key;
  readonly onClose: () => void;
}

export function RollKeyDialog({ apiKey, onMade, onClose }: KeyDialogProps & Pick<CreateKeyProps, 'onMade'>) {
  const [seconds, setSeconds] = useState(DEFAULT_SECONDS);
  const name = keyName(apiKey);
  const run = async () => {
    const made = await rollKey(apiKey.id, Number(seconds));
    onMade(made);
    return `The key ${name} is replaced by ${keyName(made.key)}.`;
  };
  return (
    <ConfirmAction
      title={`Replace the key ${name}?`}
      action="Make the new key"
      isDangerous={seconds === '0'}
      onClose={onClose}
      run={run}
    >
      <NativeSelect
        label="How long the old key goes on working"
        data={durations}
        value={seconds}
        data-autofocus
        onChange={({ currentTarget }) => setSeconds(currentTarget.value)}
      />
      <Notice tone={seconds === '0' ? 'waiting' : 'info'} title="What will happen">
        A new key with the same rights and addresses is made, which you see once. The old one ends {endOf(seconds)}.
      </Notice>
    </ConfirmAction>
  );
}

export function RevokeKeyDialog({ apiKey, onClose }: KeyDialogProps) {
  const name = keyName(apiKey);
  const { lastUsedAt } = apiKey;
  const run = async () => {
    await revokeKey(apiKey.id);
    return `The key ${name} is revoked.`;
  };
  return (
    <ConfirmAction title={`Revoke the key ${name}?`} action="Revoke the key" isDangerous onClose={onClose} run={run}>
      <Notice tone="waiting" title="What will happen">
        Requests with it are refused within 5 seconds. It cannot be made valid again.
      </Notice>
      <p className="muted" style={{ margin: 0 }}>
        {lastUsedAt === null ? (
          'It was never used.'
        ) : (
          <>
            It was last used <Time at={lastUsedAt} />.
          </>
        )}
      </p>
    </ConfirmAction>
  );
}

export function AddressesDialog({ apiKey, onClose }: KeyDialogProps) {
  const [text, setText] = useState(apiKey.allowedIps.join('\n'));
  const name = keyName(apiKey);
  const addresses = linesOf(text);
  const run = async () => {
    await setAllowedIps(apiKey.id, addresses);
    return `The addresses of the key ${name} are changed.`;
  };
  return (
    <ConfirmAction title={`From where ${name} may be used`} action="Change the addresses" onClose={onClose} run={run}>
      <LinesField
        label="Usable from"
        description={IPS_HINT}
        placeholder={IPS_PLACEHOLDER}
        value={text}
        onChange={setText}
      />
      <Notice tone={addresses.length === 0 ? 'waiting' : 'info'} title="What will happen">
        {addresses.length === 0
          ? 'Requests with the key are accepted from any address.'
          : 'Requests with the key from any other address are refused within 5 seconds.'}
      </Notice>
    </ConfirmAction>
  );
}
