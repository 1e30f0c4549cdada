import { errors } from '../core/errors.ts';
import { isUuid } from '../core/ids.ts';

/** The end of a page. Merchants see it as opaque text. */
export interface Cursor {
  readonly createdAt: Date;
  readonly id: string;
}

export function encodeCursor(cursor: Cursor): string {
  return Buffer.from(JSON.stringify([cursor.createdAt.toISOString(), cursor.id])).toString('base64url');
}

/** The form that `encodeCursor` writes. Years before 1970 and after 9999 are refused, as the database refuses some of them. */
const INSTANT = /^(19[789]|[2-9]\d\d)\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

/** @throws VALIDATION_FAILED for text that is not a cursor */
export function decodeCursor(text: string): Cursor {
  try {
    const [createdAt, id]: unknown[] = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
    if (typeof createdAt === 'string' && INSTANT.test(createdAt) && typeof id === 'string' && isUuid(id)) {
      const date = new Date(createdAt);
      if (!Number.isNaN(date.getTime())) return { createdAt: date, id };
    }
  } catch {
    // Falls through: text that cannot be decoded gets the same error.
  }
  throw errors.validationFailed({ cursor: 'is not a cursor of this list' });
}

/** The last position that a reader of a numbered log has read. Merchants see it as opaque text. */
export function encodePosition(position: bigint): string {
  return Buffer.from(`position ${position}`).toString('base64url');
}

/** At most as many digits as a bigint of the database holds. */
const POSITION = /^position (0|[1-9]\d{0,17})$/;

/**
 * @param field the name of the parameter
 * @throws VALIDATION_FAILED for text that is not such a cursor
 */
export function decodePosition(text: string, field: string): bigint {
  const [, digits] = POSITION.exec(Buffer.from(text, 'base64url').toString('utf8')) ?? [];
  if (digits === undefined) throw errors.validationFailed({ [field]: 'is not a cursor of this list' });
  return BigInt(digits);
}
