import { TextInput } from '@mantine/core';
import { useState } from 'react';
import { ConfirmAction } from '../../shared/confirm-action.tsx';
import { Notice } from '../../shared/notice.tsx';
import { FEE_HINT, FEE_PATTERN, feeText, readFee } from '../merchants/fee.ts';
import { changeSettings, type MerchantDetails } from './queries.ts';

/** Settings that are on or off. */
export type SwitchedSetting = 'disabled' | 'verified' | 'strictApproval';

interface SwitchTexts {
  readonly title: string;
  readonly action: string;
  /** What will happen. */
  readonly effect: string;
  readonly done: string;
  readonly isDangerous?: boolean;
}

interface DialogProps {
  readonly merchant: MerchantDetails;
  readonly onClose: () => void;
}

/** Says what switching a setting will do, and does it. */
export function SwitchDialog({ merchant, setting, onClose }: DialogProps & { readonly setting: SwitchedSetting }) {
  const isOn = setting === 'disabled' ? merchant.disabledAt !== null : merchant[setting];
  const { title, action, effect, done, isDangerous = false } = textsOf(merchant.name, setting, !isOn);
  const run = async () => {
    await changeSettings(merchant.id, { [setting]: !isOn });
    return done;
  };
  return (
    <ConfirmAction title={title} action={action} isDangerous={isDangerous} onClose={onClose} run={run}>
      <Notice tone={isDangerous ? 'waiting' : 'info'} title="What will happen">
        {effect} All nodes know it within 5 seconds.
      </Notice>
    </ConfirmAction>
  );
}

/** @param isOn what the setting will be */
function textsOf(name: string, setting: SwitchedSetting, isOn: boolean): SwitchTexts {
  const texts: Readonly<Record<SwitchedSetting, readonly [on: SwitchTexts, off: SwitchTexts]>> = {
    disabled: [
      {
        title: `Disable ${name}?`,
        action: 'Disable the merchant',
        effect: `All keys and client tokens of ${name} are refused, so that it can neither buy nor cancel. Its open trades go on, and its callbacks are sent.`,
        done: `${name} is disabled.`,
        isDangerous: true,
      },
      {
        title: `Enable ${name}?`,
        action: 'Enable the merchant',
        effect: `The keys of ${name} that were not revoked work again.`,
        done: `${name} is enabled.`,
      },
    ],
    verified: [
      {
        title: `Verify ${name}?`,
        action: 'Mark as verified',
        effect:
          'The higher request limits of verified merchants apply, except where a limit was set for this merchant.',
        done: `${name} is verified.`,
      },
      {
        title: `Remove the verification of ${name}?`,
        action: 'Remove the verification',
        effect: 'The low request limits of unverified merchants apply, except where a limit was set for this merchant.',
        done: `${name} is no longer verified.`,
        isDangerous: true,
      },
    ],
    strictApproval: [
      {
        title: 'Switch strict approval on?',
        action: 'Switch it on',
        effect:
          'A trade is approved only when the merchant’s server answers {"action":"approve"}. It applies to open approval requests too.',
        done: 'Strict approval is on.',
      },
      {
        title: 'Switch strict approval off?',
        action: 'Switch it off',
        effect:
          'A trade is approved by any 2xx answer of the merchant’s server that does not refuse it. It applies to open approval requests too.',
        done: 'Strict approval is off.',
      },
    ],
  };
  return texts[setting][isOn ? 0 : 1];
}

export function FeeDialog({ merchant, onClose }: DialogProps) {
  const [fee, setFee] = useState(String(merchant.feeBps / 100));
  const feeBps = readFee(fee);
  const run = async () => {
    const { feeBps: now } = await changeSettings(merchant.id, feeBps === null ? {} : { feeBps });
    return `The fee of ${merchant.name} is ${feeText(now)} now.`;
  };
  return (
    <ConfirmAction title={`Fee of ${merchant.name}`} action="Change the fee" onClose={onClose} run={run}>
      <TextInput
        label="Fee"
        description={FEE_HINT}
        required
        inputMode="decimal"
        pattern={FEE_PATTERN}
        error={feeBps === null && fee !== '' ? 'Must be a percentage such as 1.5' : null}
        data-autofocus
        value={fee}
        onChange={({ currentTarget }) => setFee(currentTarget.value)}
      />
      <Notice title="What will happen">
        {feeBps === null
          ? 'Enter a percentage.'
          : `New trades cost ${feeText(feeBps)} more than the marketplaces ask, instead of ${feeText(merchant.feeBps)}. Trades that exist keep their price.`}
      </Notice>
    </ConfirmAction>
  );
}
