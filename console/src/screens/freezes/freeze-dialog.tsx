import { Group, NativeSelect, Radio, Select } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useState } from 'react';
import { ApiFailure } from '../../api/failure.ts';
import { ConfirmAction } from '../../shared/confirm-action.tsx';
import { Notice } from '../../shared/notice.tsx';
import { StopEffects, type StopScope } from '../../shared/stop-effects.tsx';
import { useMarketplaces } from '../marketplaces/queries.ts';
import { type FreezeEntry, type Stopped, startedText, startFreeze, useMerchantChoice } from './queries.ts';

interface FreezeDialogProps {
  /** Those in force: what is stopped need not be stopped again. */
  readonly freezes: readonly FreezeEntry[];
  readonly suggestedReason?: string;
  readonly onClose: () => void;
}

const actions: Readonly<Record<StopScope, string>> = {
  all: 'Stop all buying',
  supplier: 'Stop this marketplace',
  merchant: 'Stop this merchant',
};

interface Target {
  readonly id: string;
  readonly name: string;
}

/** Stops everything, an account at a marketplace or a merchant. */
export function FreezeDialog({ freezes, suggestedReason, onClose }: FreezeDialogProps) {
  const [scope, setScope] = useState<StopScope>('all');
  const [target, setTarget] = useState<Target | null>(null);
  const choose = (chosen: string) => {
    if (chosen !== 'all' && chosen !== 'supplier' && chosen !== 'merchant') return;
    setScope(chosen);
    setTarget(null);
  };
  const run = async (reason: string) => {
    const { stopped, name } = readChoice(scope, target);
    return startedText(name, await startFreeze(stopped, reason));
  };
  const isStopped = freezes.some((each) => each.scope === scope && (each.target ?? '') === (target?.id ?? ''));
  return (
    <ConfirmAction
      title="Stop buying?"
      action={actions[scope]}
      dismiss="Leave it"
      isDangerous
      reasonHint="Kept for operators. Merchants do not see it"
      {...(suggestedReason === undefined ? {} : { suggestedReason })}
      onClose={onClose}
      run={run}
    >
      <Radio.Group label="What to stop" value={scope} onChange={choose}>
        <Group gap="md" mt={6}>
          <Radio value="all" label="Everything" data-autofocus />
          <Radio value="supplier" label="A marketplace" />
          <Radio value="merchant" label="A merchant" />
        </Group>
      </Radio.Group>
      {scope === 'supplier' && <AccountChoice value={target} onChoose={setTarget} />}
      {scope === 'merchant' && <MerchantChoice value={target} onChoose={setTarget} />}
      {isStopped && <Notice tone="waiting">This is stopped already. Stopping it again changes nothing.</Notice>}
      <StopEffects scope={scope} />
    </ConfirmAction>
  );
}

/** @throws ApiFailure when nothing was chosen */
function readChoice(scope: StopScope, target: Target | null): { readonly stopped: Stopped; readonly name: string } {
  if (scope === 'all') return { stopped: { scope }, name: 'All buying' };
  const what = scope === 'supplier' ? 'marketplace' : 'merchant';
  if (!target) throw new ApiFailure(`Choose the ${what} first.`, { key: 'NOT_CHOSEN' });
  const name = scope === 'supplier' ? `Buying with ${target.name}` : `Buying of ${target.name}`;
  return { stopped: { scope, target: target.id }, name };
}

interface ChoiceProps {
  readonly value: Target | null;
  readonly onChoose: (target: Target | null) => void;
}

function AccountChoice({ value, onChoose }: ChoiceProps) {
  const { data = [] } = useMarketplaces();
  return (
    <NativeSelect
      label="Marketplace"
      required
      data={[{ value: '', label: 'Choose an account' }, ...data.map(({ id }) => id)]}
      value={value?.id ?? ''}
      onChange={({ currentTarget: { value: id } }) => onChoose(id === '' ? null : { id, name: id })}
    />
  );
}

const PAUSE_MS = 250;

function MerchantChoice({ value, onChoose }: ChoiceProps) {
  const [text, setText] = useState('');
  const [searched] = useDebouncedValue(text, PAUSE_MS);
  const { data, isFetching } = useMerchantChoice(searched, true);
  const found = data?.items ?? [];
  return (
    <Select
      label="Merchant"
      placeholder="A part of the name or of the id"
      withAsterisk
      searchable
      searchValue={text}
      onSearchChange={setText}
      // The gateway has searched.
      filter={({ options }) => options}
      data={found.map(({ id, name }) => ({ value: id, label: name }))}
      value={value?.id ?? null}
      onChange={(id) => onChoose(found.find((merchant) => merchant.id === id) ?? null)}
      nothingFoundMessage={isFetching ? 'Searching…' : 'No merchant matches'}
    />
  );
}
