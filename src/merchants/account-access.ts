import { accessTo } from '../auth/account-access.ts';
import type { Deps } from '../deps.ts';

/** Which merchants may use an account at a marketplace. */
export interface NamedAccess {
  /** The rule for all merchants that are not named. */
  readonly isOpen: boolean;
  readonly merchants: readonly { readonly id: string; readonly name: string; readonly isAllowed: boolean }[];
}

/** Which merchants may use an account, with their names. */
export async function namedAccess({ db }: Pick<Deps, 'db'>, accountId: string): Promise<NamedAccess> {
  const { isOpen, merchants } = await accessTo({ db }, accountId);
  const select = db.selectFrom('merchant').select(['id', 'name']);
  const names = merchants.size === 0 ? [] : await select.where('id', 'in', [...merchants.keys()]).execute();
  const nameOf = new Map(names.map(({ id, name }) => [id, name]));
  const named = [...merchants].map(([id, isAllowed]) => ({ id, name: nameOf.get(id) ?? '', isAllowed }));
  return { isOpen, merchants: named };
}
