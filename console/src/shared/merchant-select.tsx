import { Select } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api, dataOf } from '../api/client.ts';

interface MerchantSelectProps {
  readonly label: string;
  /** For screen readers only; a placeholder says it to others. */
  readonly hidesLabel?: boolean;
  /** The id of the merchant; undefined: none. */
  readonly value: string | undefined;
  /** Of `value`; undefined: not known yet. */
  readonly name: string | undefined;
  /** @param id undefined: none */
  readonly onChange: (id: string | undefined) => void;
}

const PAUSE_MS = 250;
const SHOWN_MAX = 20;

/** Chooses a merchant by a part of its name. For staff: members have one merchant only. */
export function MerchantSelect({ label, hidesLabel = false, value, name, onChange }: MerchantSelectProps) {
  const [text, setText] = useState('');
  const [q] = useDebouncedValue(text, PAUSE_MS);
  // What is chosen is in the field, and must not narrow the list.
  const searched = q === name ? '' : q;
  const { data, isPending } = useQuery({
    queryKey: ['merchants', 'select', searched],
    queryFn: ({ signal }) => {
      const query = { limit: SHOWN_MAX, ...(searched === '' ? {} : { q: searched }) };
      return dataOf(api.GET('/operator/v1/merchants', { params: { query }, signal }));
    },
    placeholderData: (earlier) => earlier,
  });
  const found = (data?.items ?? []).map((merchant) => ({ value: merchant.id, label: merchant.name }));
  const isFound = value === undefined || found.some((option) => option.value === value);
  const options = isFound ? found : [{ value: value ?? '', label: name ?? `…${value?.slice(-8)}` }, ...found];
  return (
    <Select
      {...(hidesLabel ? { 'aria-label': label } : { label })}
      size="sm"
      placeholder={hidesLabel ? label : 'Part of a name'}
      searchable
      clearable
      clearButtonProps={{ 'aria-label': 'Show all merchants' }}
      data={options}
      // The gateway has searched.
      filter={({ options: all }) => all}
      value={value ?? null}
      searchValue={text}
      onSearchChange={setText}
      onChange={(id) => onChange(id ?? undefined)}
      nothingFoundMessage={isPending ? 'Searching…' : 'No merchant has this in its name'}
    />
  );
}
