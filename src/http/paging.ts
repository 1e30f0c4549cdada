import { errors } from '../core/errors.ts';
import { isUuid } from '../core/ids.ts';

/** Where a page ended. Merchants see it as an opaque text. */
export interface Cursor {
  readonly createdAt: Date;
  readonly id: string;
}

export function encodeCursor(cursor: Cursor): string {
  return Buffer.from(JSON.stringify([cursor.createdAt.toISOString(), cursor.id])).toString('base64url');
}

/** As `encodeCursor` writes it. Years before 1970 and beyond 9999 are none of ours; the database refuses some of them. */
const INSTANT = /^(19[789]|[2-9]\d\d)\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

/** @throws VALIDATION_FAILED for a text that no page ever ended with */
export function decodeCursor(text: string): Cursor {
  try {
    const [createdAt, id]: unknown[] = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
    if (typeof createdAt === 'string' && INSTANT.test(createdAt) && typeof id === 'string' && isUuid(id)) {
      const date = new Date(createdAt);
      if (!Number.isNaN(date.getTime())) return { createdAt: date, id };
    }
  } catch {
    // Falls through: a cursor that cannot be read and one that makes no sense are the same to a caller.
  }
  throw errors.validationFailed({ cursor: 'is not a cursor of this list' });
}

/** Where a reader of a numbered log stands: behind this position. Merchants see it as an opaque text. */
export function encodePosition(position: bigint): string {
  return Buffer.from(`position ${position}`).toString('base64url');
}

/** No more digits than the database counts with. */
const POSITION = /^position (0|[1-9]\d{0,17})$/;

/**
 * @param field how the route calls it
 * @throws VALIDATION_FAILED for a text that is no such cursor
 */
export function decodePosition(text: string, field: string): bigint {
  const [, digits] = POSITION.exec(Buffer.from(text, 'base64url').toString('utf8')) ?? [];
  if (digits === undefined) throw errors.validationFailed({ [field]: 'is not a cursor of this list' });
  return BigInt(digits);
}
