import { NativeSelect, TextInput } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';
import { isStaff, useMe } from '../../api/session.ts';
import { MerchantSelect } from '../../shared/merchant-select.tsx';
import { TimeField } from '../../shared/time-field.tsx';
import classes from './callbacks.module.css';
import { problemOf } from './filter-problems.ts';
import { type CallbackFilters, isState, states, useMerchant } from './queries.ts';

interface FilterBarProps {
  readonly filters: CallbackFilters;
  /** An empty text removes a filter. `replace`: the browser's back button does not come back to it. */
  readonly onChange: (change: CallbackFilters, replace?: boolean) => void;
}

export function CallbackFilterBar({ filters, onChange }: FilterBarProps) {
  const me = useMe();
  const { data: merchant } = useMerchant(isStaff(me) ? filters.merchant : undefined);
  const problem = problemOf(filters);
  return (
    <search className={classes['filters']}>
      <NativeSelect
        label="State"
        size="sm"
        data={[{ value: '', label: 'Every state' }, ...states]}
        value={isState(filters.state) ? filters.state : ''}
        onChange={({ currentTarget }) => onChange({ state: currentTarget.value })}
      />
      {isStaff(me) && (
        <MerchantSelect
          label="Merchant"
          value={filters.merchant}
          name={merchant?.name}
          onChange={(id = '') => onChange({ merchant: id })}
        />
      )}
      <TradeField
        value={filters.trade ?? ''}
        isWrong={problem?.field === 'trade'}
        onChange={(trade) => onChange({ trade }, true)}
      />
      <TimeField label="From" value={filters.from} onChange={(from = '') => onChange({ from }, true)} />
      <TimeField
        label="Until"
        value={filters.to}
        error={problem?.field === 'to' ? 'Must be after From' : undefined}
        onChange={(to = '') => onChange({ to }, true)}
      />
    </search>
  );
}

interface TradeFieldProps {
  readonly value: string;
  readonly isWrong: boolean;
  readonly onChange: (trade: string) => void;
}

function TradeField({ value, isWrong, onChange }: TradeFieldProps) {
  const ref = useRef<HTMLInputElement>(null);
  const [text, setText] = useState(value);
  useEffect(() => {
    // Another link or the browser's back button has changed it, and nobody types now.
    if (document.activeElement !== ref.current) setText(value);
  }, [value]);
  return (
    <TextInput
      ref={ref}
      label="Trade id"
      size="sm"
      maxLength={36}
      error={isWrong}
      value={text}
      onChange={({ currentTarget }) => {
        setText(currentTarget.value);
        onChange(currentTarget.value.trim());
      }}
    />
  );
}
