import { Checkbox, TextInput } from '@mantine/core';
import { useState } from 'react';
import { ConfirmAction } from '../../shared/confirm-action.tsx';
import { Notice } from '../../shared/notice.tsx';
import { FEE_HINT, FEE_PATTERN, readFee } from './fee.ts';
import { type CreatedMerchant, createMerchant } from './queries.ts';

const NAME_MAX = 128;

interface CreateMerchantProps {
  readonly onCreated: (created: CreatedMerchant) => void;
  readonly onClose: () => void;
}

export function CreateMerchant({ onCreated, onClose }: CreateMerchantProps) {
  const [name, setName] = useState('');
  const [fee, setFee] = useState('0');
  const [verified, setVerified] = useState(false);
  const [withoutSecret, setWithoutSecret] = useState(false);
  const feeBps = readFee(fee);
  const run = async () => {
    const body = { name: name.trim(), verified, withoutSecret, ...(feeBps === null ? {} : { feeBps }) };
    const created = await createMerchant(body);
    onCreated(created);
    return `${created.merchant.name} is created.`;
  };
  return (
    <ConfirmAction title="New merchant" action="Create the merchant" dismiss="Back" onClose={onClose} run={run}>
      <TextInput
        label="Name"
        required
        maxLength={NAME_MAX}
        data-autofocus
        value={name}
        onChange={({ currentTarget }) => setName(currentTarget.value)}
      />
      <TextInput
        label="Fee"
        description={FEE_HINT}
        required
        inputMode="decimal"
        pattern={FEE_PATTERN}
        error={feeBps === null && fee !== '' ? 'Must be a percentage such as 1.5' : null}
        value={fee}
        onChange={({ currentTarget }) => setFee(currentTarget.value)}
      />
      <Checkbox
        label="Verified"
        description="Verified merchants may send more requests"
        checked={verified}
        onChange={({ currentTarget }) => setVerified(currentTarget.checked)}
      />
      <Checkbox
        label="The merchant makes its API secret itself"
        description="Then nobody has to hand a secret over"
        checked={withoutSecret}
        onChange={({ currentTarget }) => setWithoutSecret(currentTarget.checked)}
      />
      <Notice title="What will happen">
        The merchant gets an empty wallet{withoutSecret ? '' : ' and an API secret, which you see once'}. It can buy
        when it has money, a key and a callback URL.
      </Notice>
    </ConfirmAction>
  );
}
