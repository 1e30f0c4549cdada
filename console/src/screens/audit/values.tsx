import type { ReactNode } from 'react';
import { dollars } from '../../shared/money.tsx';
import { PlainValue } from '../../shared/plain-value.tsx';

const UNIT = /_(mills|bps)$/;
const IDS = /[0-9a-f]{8}-[0-9a-f-]{27}/g;
const BPS = 100;
const MILLS = 1000n;
const MILLS_DIGITS = 3;

/** `wallet available_mills` → `wallet available`; of ids their end only. */
export function fieldName(field: string): string {
  return shortIds(field.replace(UNIT, '').replaceAll('_', ' '));
}

/** Ids of one day begin alike. The word joiner keeps the dots and the end on one line. */
export function shortIds(text: string): string {
  return text.replaceAll(IDS, (id) => `…\u2060${id.slice(-8)}`);
}

/** A value before or after a change. The name of the field says what its number counts. */
export function FieldValue({ field, value }: { readonly field: string; readonly value: unknown }): ReactNode {
  const isInteger = typeof value === 'number' || (typeof value === 'string' && /^-?\d+$/.test(value));
  if (isInteger && field.endsWith('_mills')) return dollars(dollarsOf(BigInt(value)));
  if (isInteger && field.endsWith('_bps')) return `${Number(value) / BPS} %`;
  return <PlainValue value={value} />;
}

/** `-1500n` → `-1.50`: two decimals, three where the last one counts. */
function dollarsOf(mills: bigint): string {
  const absolute = mills < 0n ? -mills : mills;
  const part = String(absolute % MILLS).padStart(MILLS_DIGITS, '0');
  return `${mills < 0n ? '-' : ''}${absolute / MILLS}.${part.endsWith('0') ? part.slice(0, -1) : part}`;
}
