import { OperatorError } from '../core/operator-error.ts';
import type { SecretOwner } from '../core/secrets.ts';
import type { MerchantRow } from '../db/tables.ts';
import type { Deps } from '../deps.ts';

/** Every column that holds a sealed secret, and what the secret is for. */
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

/** What stands in the database, and whether the keys of this process open it. */
export interface SecretCounts {
  readonly total: number;
  /** Sealed with the present key and bound to its merchant. */
  readonly current: number;
  /** Sealed with a previous key, or not bound to its merchant: to be sealed anew. */
  readonly stale: number;
  /** Of these merchants a secret cannot be opened. */
  readonly unreadable: readonly string[];
}

/** Opens every secret once. */
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
 * Refuses to start with keys that do not fit: a merchant's callbacks could not be signed, and its purchases not be asked
 * about.
 * @throws OperatorError naming the first merchant whose secret cannot be opened
 */
export async function requireReadableSecrets(deps: SecretDeps & Pick<Deps, 'log'>): Promise<void> {
  const { total, stale, unreadable } = await inspectSecrets(deps);
  const [first, ...others] = unreadable;
  if (first !== undefined) {
    const more = others.length === 0 ? '' : ` and of ${others.length} more`;
    throw new OperatorError(
      `SECRET_KEY does not open the secrets of merchant ${first}${more}: they were stored with another key. ` +
        'Set SECRET_KEY to that key, or SECRET_KEY_PREVIOUS while you change over',
    );
  }
  if (stale > 0) {
    deps.log.warn(
      { stale, total },
      'secrets are to be sealed anew: run "skinrail secrets reseal" when all nodes have SECRET_KEY',
    );
  }
}

/**
 * Seals everything with the present key that is not, bound to its merchant. It can be stopped and run again, and beside a
 * gateway: what somebody has changed meanwhile is sealed with the present key already.
 * @returns how many were sealed anew
 * @throws OperatorError when one cannot be opened; those before it are done
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
