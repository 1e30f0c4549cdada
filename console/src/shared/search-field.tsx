import { Kbd, TextInput } from '@mantine/core';
import { useDebouncedCallback, useHotkeys } from '@mantine/hooks';
import { useEffect, useRef, useState } from 'react';
import { IconSearch } from './icons.ts';

/** How long a person pauses before what was typed is searched for. */
const PAUSE_MS = 300;

interface SearchFieldProps {
  readonly label: string;
  readonly placeholder: string;
  /** What is searched for now. */
  readonly value: string;
  readonly maxLength?: number;
  readonly onSearch: (text: string) => void;
}

/** The search of a screen. The key `/` puts the focus into it. */
export function SearchField({ label, placeholder, value, maxLength = 200, onSearch }: SearchFieldProps) {
  const ref = useRef<HTMLInputElement>(null);
  const [text, setText] = useState(value);
  const search = useDebouncedCallback(onSearch, PAUSE_MS);
  useHotkeys([['/', () => ref.current?.focus()]]);
  useEffect(() => {
    // Another link or the browser's back button has changed it, and nobody types now.
    if (document.activeElement !== ref.current) setText(value);
  }, [value]);
  return (
    <TextInput
      ref={ref}
      type="search"
      aria-label={label}
      placeholder={placeholder}
      leftSection={<IconSearch size={16} aria-hidden />}
      rightSection={
        <Kbd size="xs" visibleFrom="sm" aria-hidden>
          /
        </Kbd>
      }
      maxLength={maxLength}
      value={text}
      onChange={({ currentTarget }) => {
        setText(currentTarget.value);
        search(currentTarget.value.trim());
      }}
      style={{ flex: '1 1 260px' }}
    />
  );
}
