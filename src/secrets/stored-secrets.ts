import { OperatorError } from '../core/operator-error.ts';
import { nameOfOwner, type SecretOwner } from '../core/secrets.ts';
import type { MerchantRow } from '../db/tables.ts';
import type { Deps } from '../deps.ts';

/** The merchants' columns with encrypted secrets, and the purpose of each secret. */
const COLUMNS = {
  api_secret_sealed: 'api-secret',
  previous_secret_sealed: 'api-secret',
  token_secret_sealed: 'token-secret',
  previous_token_secret_sealed: 'token-secret',
} as const satisfies Partial<Record<keyof MerchantRow, 'api-secret' | 'token-secret'>>;

type SealedColumn = keyof typeof COLUMNS;
const sealedColumns: readonly SealedColumn[] = [
  'api_secret_sealed',
  'previous_secret_sealed',
  'token_secret_sealed',
  'previous_token_secret_sealed',
];

const PAGE = 500;

type SecretDeps = Pick<Deps, 'db' | 'secrets'>;

interface StoredSecret {
  readonly sealed: string;
  readonly owner: SecretOwner;
  /** Stores it as it was encrypted again, unless it has changed meanwhile. */
  readonly replace: (sealedAgain: string) => Promise<unknown>;
}

/** The stored secrets, and whether this process can decrypt them. */
export interface SecretCounts {
  readonly total: number;
  /** Encrypted with the current key and bound to their owner. */
  readonly current: number;
  /** Encrypted with a previous key, or not bound to their owner; they must be encrypted again. */
  readonly stale: number;
  /** The merchants, supplier accounts and people with a secret that cannot be decrypted: `merchant <id>`. */
  readonly unreadable: readonly string[];
}

/** Decrypts every secret once. */
export async function inspectSecrets(deps: SecretDeps): Promise<SecretCounts> {
  let [total, current, stale] = [0, 0, 0];
  const unreadable = new Set<string>();
  for await (const { sealed, owner } of storedSecrets(deps)) {
    total++;
    try {
      if (deps.secrets.inspect(sealed, owner).isCurrent) current++;
      else stale++;
    } catch {
      unreadable.add(nameOfOwner(owner));
    }
  }
  return { total, current, stale, unreadable: [...unreadable] };
}

/**
 * Prevents a start with wrong keys, with which callbacks cannot be signed and marketplaces cannot be called.
 * @throws OperatorError with the first owner whose secret cannot be decrypted
 */
export async function requireReadableSecrets(deps: SecretDeps & Pick<Deps, 'log'>): Promise<void> {
  const { total, stale, unreadable } = await inspectSecrets(deps);
  const [first, ...others] = unreadable;
  if (first !== undefined) {
    const more = others.length === 0 ? '' : ` and of ${others.length} more`;
    throw new OperatorError(
      `SECRET_KEY cannot decrypt the secrets of ${first}${more}: they were encrypted with another key. ` +
        'Set SECRET_KEY to that key, or set SECRET_KEY_PREVIOUS to it while you change keys',
    );
  }
  if (stale > 0) {
    deps.log.warn(
      { stale, total },
      'some secrets must be encrypted again: run "skinrail secrets reseal" when all nodes have the new SECRET_KEY',
    );
  }
}

/**
 * Encrypts with the current key every secret that is not, and binds it to its owner. It can be interrupted and repeated,
 * and can run beside a gateway, because a secret that changes meanwhile already uses the current key.
 * @returns the number of secrets that were encrypted again
 * @throws OperatorError when a secret cannot be decrypted; earlier secrets stay converted
 */
export async function resealSecrets(deps: SecretDeps): Promise<{ total: number; resealed: number }> {
  let [total, resealed] = [0, 0];
  for await (const { sealed, owner, replace } of storedSecrets(deps)) {
    total++;
    const { secret, isCurrent } = deps.secrets.inspect(sealed, owner);
    if (isCurrent) continue;
    await replace(deps.secrets.seal(secret, owner));
    resealed++;
  }
  return { total, resealed };
}

async function* storedSecrets({ db }: Pick<Deps, 'db'>): AsyncGenerator<StoredSecret> {
  yield* secretsOfMerchants(db);
  yield* secretsOfAccounts(db);
  yield* secretsOfPeople(db);
}

async function* secretsOfMerchants(db: Deps['db']): AsyncGenerator<StoredSecret> {
  for (let after: string | null = null; ; ) {
    const page = db
      .selectFrom('merchant')
      .select(['id', ...sealedColumns])
      .orderBy('id')
      .limit(PAGE);
    const rows: Pick<MerchantRow, 'id' | SealedColumn>[] = await (after
      ? page.where('id', '>', after)
      : page
    ).execute();
    for (const row of rows) yield* secretsOf(db, row);
    after = rows.at(-1)?.id ?? null;
    if (rows.length < PAGE) return;
  }
}

function secretsOf(db: Deps['db'], row: Pick<MerchantRow, 'id' | SealedColumn>): StoredSecret[] {
  return sealedColumns.flatMap((column) => {
    const sealed = row[column];
    if (sealed === null) return [];
    const replace = (sealedAgain: string) =>
      db
        .updateTable('merchant')
        .set({ [column]: sealedAgain })
        .where('id', '=', row.id)
        .where(column, '=', sealed)
        .execute();
    return [{ sealed, owner: { merchantId: row.id, purpose: COLUMNS[column] }, replace }];
  });
}

/** There are few accounts, so they need no pages. */
async function* secretsOfAccounts(db: Deps['db']): AsyncGenerator<StoredSecret> {
  const rows = await db.selectFrom('supplier_account').select(['id', 'sealed_settings']).orderBy('id').execute();
  for (const { id, sealed_settings: sealed } of rows) {
    const replace = (sealedAgain: string) =>
      db
        .updateTable('supplier_account')
        .set({ sealed_settings: sealedAgain })
        .where('id', '=', id)
        .where('sealed_settings', '=', sealed)
        .execute();
    yield { sealed, owner: { supplierId: id, purpose: 'supplier-settings' }, replace };
  }
}

/** Of those who have set up a second factor. */
async function* secretsOfPeople(db: Deps['db']): AsyncGenerator<StoredSecret> {
  const rows = await db.selectFrom('person').select(['id', 'totp_sealed']).orderBy('id').execute();
  for (const { id, totp_sealed: sealed } of rows) {
    if (sealed === null) continue;
    const replace = (sealedAgain: string) =>
      db
        .updateTable('person')
        .set({ totp_sealed: sealedAgain })
        .where('id', '=', id)
        .where('totp_sealed', '=', sealed)
        .execute();
    yield { sealed, owner: { personId: id, purpose: 'totp-secret' }, replace };
  }
}
