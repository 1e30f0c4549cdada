import { Time } from './time.tsx';

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/;

/** A value as the gateway has it, of which only its form is known. */
export function PlainValue({ value }: { readonly value: unknown }) {
  if (value === null || value === undefined || value === '') return <span className="muted">–</span>;
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value === 'string') return TIME.test(value) ? <Time at={value} /> : value;
  if (typeof value === 'number') return String(value);
  return <span className="mono">{JSON.stringify(value)}</span>;
}
