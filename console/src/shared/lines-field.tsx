import { Textarea } from '@mantine/core';

interface LinesFieldProps {
  readonly label: string;
  readonly description: string;
  readonly placeholder: string;
  readonly value: string;
  readonly onChange: (text: string) => void;
}

/** A list that people type or paste, one entry a line. */
export function LinesField({ onChange, ...props }: LinesFieldProps) {
  return (
    <Textarea
      {...props}
      autosize
      minRows={3}
      maxRows={12}
      spellCheck={false}
      autoCapitalize="off"
      onChange={({ currentTarget }) => onChange(currentTarget.value)}
    />
  );
}

/** The entries that were typed, without empty lines. */
export function linesOf(text: string): string[] {
  return text
    .split(/[\n,]/)
    .map((line) => line.trim())
    .filter((line) => line !== '');
}
