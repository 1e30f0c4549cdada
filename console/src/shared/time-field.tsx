import { TextInput } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';

interface TimeFieldProps {
  readonly label: string;
  /** A time in UTC; undefined: none. */
  readonly value: string | undefined;
  readonly error?: string | undefined;
  readonly isRequired?: boolean;
  /** @param time in UTC; undefined: none, or not all of it was typed yet */
  readonly onChange: (time: string | undefined) => void;
}

/** A date and time in the zone of the person. */
export function TimeField({ label, value, error, isRequired = false, onChange }: TimeFieldProps) {
  const ref = useRef<HTMLInputElement>(null);
  const [text, setText] = useState(() => localText(value));
  useEffect(() => {
    // Another link or the browser's back button has changed it, and nobody types now.
    if (document.activeElement !== ref.current) setText(localText(value));
  }, [value]);
  return (
    <TextInput
      ref={ref}
      type="datetime-local"
      label={label}
      size="sm"
      required={isRequired}
      error={error}
      value={text}
      onChange={({ currentTarget }) => {
        setText(currentTarget.value);
        onChange(utcText(currentTarget.value));
      }}
    />
  );
}

const MINUTE_MS = 60_000;
const LOCAL_LENGTH = 'YYYY-MM-DDTHH:MM'.length;

/** As the browser's field has it: the local time without a zone. */
function localText(utc: string | undefined): string {
  const time = new Date(utc ?? Number.NaN);
  if (Number.isNaN(time.getTime())) return '';
  return new Date(time.getTime() - time.getTimezoneOffset() * MINUTE_MS).toISOString().slice(0, LOCAL_LENGTH);
}

function utcText(local: string): string | undefined {
  const time = new Date(local);
  return Number.isNaN(time.getTime()) ? undefined : time.toISOString();
}
