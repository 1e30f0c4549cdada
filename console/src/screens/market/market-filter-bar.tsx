import { NativeSelect, TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { useEffect, useRef, useState } from 'react';
import { gameName } from '../../shared/games.ts';
import { SearchField } from '../../shared/search-field.tsx';
import { problemOf } from './filter-problems.ts';
import classes from './market.module.css';
import { MarketMerchant } from './market-merchant.tsx';
import { gameIn, games, isSort, type MarketFilters, sorts } from './queries.ts';

interface FilterBarProps {
  readonly filters: MarketFilters;
  /** An empty text removes a filter. `replace`: the browser's back button does not come back to it. */
  readonly onChange: (change: MarketFilters, replace?: boolean) => void;
}

/** The API's limit. */
const SEARCH_MAX = 100;

export function MarketFilterBar({ filters, onChange }: FilterBarProps) {
  const { game, q = '', sort, min = '', max = '', merchant } = filters;
  const problem = problemOf(filters);
  return (
    <search className={classes['filters']}>
      <SearchField
        label="Search the market"
        placeholder="Words of an item’s name"
        maxLength={SEARCH_MAX}
        value={q}
        onSearch={(text) => onChange({ q: text }, true)}
      />
      <NativeSelect
        aria-label="Game"
        size="sm"
        data={games.map((each) => ({ value: each, label: gameName(each) }))}
        value={gameIn(game)}
        onChange={({ currentTarget }) => onChange({ game: currentTarget.value })}
      />
      <NativeSelect
        aria-label="Order"
        size="sm"
        data={Object.entries(sorts).map(([value, label]) => ({ value, label }))}
        value={isSort(sort) ? sort : 'relevance'}
        onChange={({ currentTarget }) => onChange({ sort: currentTarget.value })}
      />
      <PriceField
        label="Lowest price"
        placeholder="From $"
        value={min}
        isWrong={problem?.field === 'min'}
        onChange={(text) => onChange({ min: text }, true)}
      />
      <PriceField
        label="Highest price"
        placeholder="To $"
        value={max}
        isWrong={problem?.field === 'max'}
        onChange={(text) => onChange({ max: text }, true)}
      />
      <MarketMerchant merchant={merchant} onChange={(id) => onChange({ merchant: id })} />
    </search>
  );
}

/** How long a person pauses before what was typed is used. */
const PAUSE_MS = 300;
const PRICE_MAX = 12;

interface PriceFieldProps {
  readonly label: string;
  readonly placeholder: string;
  readonly value: string;
  readonly isWrong: boolean;
  readonly onChange: (text: string) => void;
}

function PriceField({ label, placeholder, value, isWrong, onChange }: PriceFieldProps) {
  const ref = useRef<HTMLInputElement>(null);
  const [text, setText] = useState(value);
  const change = useDebouncedCallback(onChange, PAUSE_MS);
  useEffect(() => {
    // Another link or the browser's back button has changed it, and nobody types now.
    if (document.activeElement !== ref.current) setText(value);
  }, [value]);
  return (
    <TextInput
      ref={ref}
      aria-label={label}
      placeholder={placeholder}
      inputMode="decimal"
      maxLength={PRICE_MAX}
      error={isWrong}
      value={text}
      onChange={({ currentTarget }) => {
        setText(currentTarget.value);
        change(currentTarget.value.trim());
      }}
    />
  );
}
