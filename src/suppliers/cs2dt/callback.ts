import { createHash, timingSafeEqual } from 'node:crypto';
import type { PushAbility } from '../supplier.ts';

/** The text that the marketplace takes as received; after any other answer it repeats a callback, five times. */
const RECEIPT = 'success';

/**
 * CS2DT's signed callbacks. They have no time, so that an old one can be replayed; it costs one read of its order.
 * @param secret signs the callbacks; the marketplace's console shows it
 */
export function pushAbility(secret: string): PushAbility {
  return {
    receipt: RECEIPT,
    readHint: (_headers, body) => {
      const fields = fieldsOf(body);
      if (!fields || !isAuthentic(fields, secret)) return null;
      const reference = fields.get('outTradeNo');
      return reference ? [reference] : [];
    },
  };
}

type Fields = ReadonlyMap<string, string | null>;

/** The fields of a callback as text, since they are signed as text. null: it is not a flat JSON object. */
function fieldsOf(body: string): Fields | null {
  try {
    const json: unknown = JSON.parse(body, exactText);
    if (typeof json !== 'object' || json === null || Array.isArray(json)) return null;
    const fields = Object.entries(json).map(([name, value]) => [name, textOf(value)] as const);
    return new Map(fields);
  } catch {
    return null;
  }
}

/** A number keeps the digits that were sent. */
function exactText(_key: string, value: unknown, context?: { readonly source?: string }): unknown {
  return typeof value === 'number' ? context?.source : value;
}

/** @throws TypeError for a value whose text is not known */
function textOf(value: unknown): string | null {
  if (typeof value === 'string' || value === null) return value;
  if (typeof value === 'boolean') return String(value);
  throw new TypeError('a callback has plain values only');
}

/** The upper-case MD5 of all fields but `sign`, sorted by name, and of the secret. The marketplace has no better way. */
function isAuthentic(fields: Fields, secret: string): boolean {
  const names = [...fields.keys()].filter((name) => name !== 'sign').sort();
  const text = [...names.map((name) => `${name}=${fields.get(name)}`), `sign=${secret}`].join('&');
  const expected = Buffer.from(createHash('md5').update(text).digest('hex').toUpperCase());
  const given = Buffer.from(fields.get('sign') ?? '');
  return given.length === expected.length && timingSafeEqual(given, expected);
}
