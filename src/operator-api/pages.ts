import Type from 'typebox';
import { Id, orNull } from './wire.ts';

/** The longest page that can be asked for. */
export const LIMIT_MAX = 100;
export const LIMIT_USUAL = 50;

/** What a query of a list has: where the page begins, and how long it is. */
export const pageQuery = {
  cursor: Type.Optional(Id),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: LIMIT_MAX, default: LIMIT_USUAL })),
};

/** A page whose cursor is the id of its last entry. */
export function PageOf<T extends Type.TSchema>(item: T, name: string) {
  return Type.Object({ items: Type.Array(item), nextCursor: orNull(Id) }, { $id: name });
}

/** All pages of a list: the next one is read when the one before was taken. */
export async function* eachPage<T, Position>(
  read: (after: Position | undefined) => Promise<{ readonly page: readonly T[]; readonly next: Position | null }>,
): AsyncGenerator<readonly T[], void> {
  let after: Position | undefined;
  for (;;) {
    const { page, next } = await read(after);
    yield page;
    if (next === null) return;
    after = next;
  }
}

/**
 * Cuts a page out of rows, of which one more than `limit` was read.
 * @returns the rows of the page, and the id with which the next one begins; null: there is none
 */
export function pageOfRows<T extends { readonly id: string }>(
  rows: readonly T[],
  limit: number,
): { readonly page: T[]; readonly nextCursor: string | null } {
  const page = rows.slice(0, limit);
  return { page, nextCursor: rows.length > limit ? (page.at(-1)?.id ?? null) : null };
}
