import { Checkbox, NativeSelect, TextInput } from '@mantine/core';
import { useState } from 'react';
import { ConfirmAction } from '../../shared/confirm-action.tsx';
import { LinesField, linesOf } from '../../shared/lines-field.tsx';
import { Notice } from '../../shared/notice.tsx';
import { DEFAULT_SECONDS, durations, endOf } from './durations.ts';
import { enableCallbacks, type MerchantDetails, rotateSecret, setCallbackUrl, setOrigins } from './queries.ts';

const URL_MAX = 2048;

interface DialogProps {
  readonly merchant: MerchantDetails;
  readonly onClose: () => void;
}

export function SecretDialog({
  merchant,
  onMade,
  onClose,
}: DialogProps & { readonly onMade: (secret: string) => void }) {
  const [seconds, setSeconds] = useState(DEFAULT_SECONDS);
  const isFirst = !merchant.hasApiSecret;
  const run = async () => {
    const { apiSecret } = await rotateSecret(merchant.id, Number(seconds));
    onMade(apiSecret);
    return isFirst ? 'The API secret is made.' : 'The API secret is replaced.';
  };
  if (isFirst) {
    return (
      <ConfirmAction title="Make the API secret?" action="Make the secret" onClose={onClose} run={run}>
        <Notice title="What will happen">
          You see the secret once. From then on callbacks are signed with it, and trades can be approved.
        </Notice>
      </ConfirmAction>
    );
  }
  return (
    <ConfirmAction
      title="Replace the API secret?"
      action="Make the new secret"
      isDangerous={seconds === '0'}
      onClose={onClose}
      run={run}
    >
      <NativeSelect
        label="How long callbacks are signed with the old secret too"
        data={durations}
        value={seconds}
        data-autofocus
        onChange={({ currentTarget }) => setSeconds(currentTarget.value)}
      />
      <Notice tone="waiting" title="What will happen">
        You see the new secret once, and callbacks are signed with it at once. The old one ends {endOf(seconds)}: until
        then the merchant’s server has to know the new one, or it refuses callbacks and trades are not approved.
      </Notice>
    </ConfirmAction>
  );
}

export function CallbackUrlDialog({ merchant, onClose }: DialogProps) {
  // Not the saved one: it is shown without its query, which would be lost.
  const [url, setUrl] = useState('');
  const [strictApproval, setStrict] = useState(merchant.strictApproval);
  const run = async () => {
    await setCallbackUrl(merchant.id, { url: url.trim(), strictApproval });
    return 'The callback URL took the test message, and is saved.';
  };
  return (
    <ConfirmAction title={`Callback URL of ${merchant.name}`} action="Test and save" onClose={onClose} run={run}>
      <TextInput
        label="New callback URL"
        description={merchant.callbackUrl === null ? null : `Now ${merchant.callbackUrl}. A query is not shown`}
        type="url"
        required
        maxLength={URL_MAX}
        placeholder="https://shop.example/callbacks"
        data-autofocus
        value={url}
        onChange={({ currentTarget }) => setUrl(currentTarget.value)}
      />
      <Checkbox
        label="Strict approval"
        description={'Only the answer {"action":"approve"} approves a trade. It is the safer choice'}
        checked={strictApproval}
        onChange={({ currentTarget }) => setStrict(currentTarget.checked)}
      />
      <Notice title="What will happen">
        A test message is sent there. If the answer is 2xx within 8 seconds, the URL is saved, and callbacks go there
        from now on{merchant.callbacksOffSince === null ? '' : ', with all that waited'}. Otherwise nothing changes.
      </Notice>
    </ConfirmAction>
  );
}

export function CallbacksOnDialog({ merchant, onClose }: DialogProps) {
  const run = async () => {
    await enableCallbacks(merchant.id);
    return 'Callbacks are sent again.';
  };
  return (
    <ConfirmAction title="Switch callbacks on?" action="Switch them on" onClose={onClose} run={run}>
      <Notice title="What will happen">
        Callbacks are sent to {merchant.callbackUrl ?? 'the callback URL'} again, in order, with all that waited.
      </Notice>
    </ConfirmAction>
  );
}

export function OriginsDialog({ merchant, origins, onClose }: DialogProps & { readonly origins: readonly string[] }) {
  const [text, setText] = useState(origins.join('\n'));
  const lines = linesOf(text);
  const run = async () => {
    const saved = await setOrigins(merchant.id, lines);
    return saved.length === 0 ? 'No page may call the client routes now.' : 'The origins are changed.';
  };
  return (
    <ConfirmAction title={`Pages of ${merchant.name}`} action="Change the origins" onClose={onClose} run={run}>
      <LinesField
        label="Origins"
        description="Scheme and host, one a line, without a path"
        placeholder="https://shop.example"
        value={text}
        onChange={setText}
      />
      <Notice title="What will happen">
        {lines.length === 0
          ? 'Browsers refuse requests of every page to the client routes.'
          : 'Browsers let pages of these origins call the client routes, and no others.'}
      </Notice>
    </ConfirmAction>
  );
}
