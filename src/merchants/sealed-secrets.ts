import { OperatorError } from '../core/operator-error.ts';
import type { SecretOwner } from '../core/secrets.ts';
import type { MerchantRow } from '../db/tables.ts';
import type { Deps } from '../deps.ts';

/** The columns with encrypted secrets, and the purpose of each secret. */
const COLUMNS = {
  api_secret_sealed: 'api-secret',
  previous_secret_sealed: 'api-secret',
  token_secret_sealed: 'token-secret',
  previous_token_secret_sealed: 'token-secret',
} as const satisfies Partial<Record<keyof MerchantRow, SecretOwner['purpose']>>;

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
  readonly column: SealedColumn;
  readonly sealed: string;
  readonly owner: SecretOwner;
}

/** The stored secrets, and whether this process can decrypt them. */
export interface SecretCounts {
  readonly total: number;
  /** Encrypted with the current key and bound to their merchant. */
  readonly current: number;
  /** Encrypted with a previous key, or not bound to their merchant; they must be encrypted again. */
  readonly stale: number;
  /** The merchants with a secret that cannot be decrypted. */
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
      unreadable.add(owner.merchantId);
    }
  }
  return { total, current, stale, unreadable: [...unreadable] };
}

/**
 * Prevents a start with wrong keys, with which callbacks cannot be signed and purchases cannot be followed.
 * @throws OperatorError with the first merchant whose secret cannot be decrypted
 */
export async function requireReadableSecrets(deps: SecretDeps & Pick<Deps, 'log'>): Promise<void> {
  const { total, stale, unreadable } = await inspectSecrets(deps);
  const [first, ...others] = unreadable;
  if (first !== undefined) {
    const more = others.length === 0 ? '' : ` and of ${others.length} more`;
    throw new OperatorError(
      `SECRET_KEY cannot decrypt the secrets of merchant ${first}${more}: they were encrypted with another key. ` +
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
 * Encrypts with the current key every secret that is not, and binds it to its merchant. It can be interrupted and repeated,
 * and can run beside a gateway, because a secret that changes meanwhile already uses the current key.
 * @returns the number of secrets that were encrypted again
 * @throws OperatorError when a secret cannot be decrypted; earlier secrets stay converted
 */
export async function resealSecrets(deps: SecretDeps): Promise<{ total: number; resealed: number }> {
  let [total, resealed] = [0, 0];
  for await (const { column, sealed, owner } of storedSecrets(deps)) {
    total++;
    const { secret, isCurrent } = deps.secrets.inspect(sealed, owner);
    if (isCurrent) continue;
    await deps.db
      .updateTable('merchant')
      .set({ [column]: deps.secrets.seal(secret, owner) })
      .where('id', '=', owner.merchantId)
      .where(column, '=', sealed)
      .execute();
    resealed++;
  }
  return { total, resealed };
}

async function* storedSecrets({ db }: Pick<Deps, 'db'>): AsyncGenerator<StoredSecret> {
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
    for (const row of rows) yield* secretsOf(row);
    after = rows.at(-1)?.id ?? null;
    if (rows.length < PAGE) return;
  }
}

function secretsOf(row: Pick<MerchantRow, 'id' | SealedColumn>): StoredSecret[] {
  return sealedColumns.flatMap((column) => {
    const sealed = row[column];
    return sealed === null ? [] : [{ column, sealed, owner: { merchantId: row.id, purpose: COLUMNS[column] } }];
  });
}
