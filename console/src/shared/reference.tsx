import { Identifier } from './identifier.tsx';

/** Longer ones were made by a program, and their end is enough to tell them apart. */
const TYPED_MAX = 24;

/** Under what a credit or debit is booked once, as a person has typed it or a program has made it. */
export function Reference({ value }: { readonly value: string }) {
  if (value.length > TYPED_MAX && !value.includes(' ')) return <Identifier value={value} of="reference" isShort />;
  return <span style={{ overflowWrap: 'anywhere' }}>{value}</span>;
}
