import { bumpAuthVersion } from '../auth/auth-version.ts';
import { type ClientLimits, readClientLimits, storedClientLimits } from '../clients/limits.ts';
import { ALL_CLIENTS, type ClientUsage, dayEndOf, dayStartOf, usageOf } from '../clients/usage.ts';
import type { MerchantRow } from '../db/tables.ts';
import { inTransaction } from '../db/transaction.ts';
import type { Deps } from '../deps.ts';

type LimitDeps = Pick<Deps, 'db' | 'clock'>;

/** Who sets a limit: the operator by command line, or the merchant by API. Neither can raise the other's limit. */
export type LimitSetter = 'operator' | 'merchant';

export interface SetLimits {
  readonly operator: ClientLimits;
  readonly own: ClientLimits;
}

/** The limits of both, with the current usage. */
export interface LimitsInUse extends SetLimits {
  readonly all: ClientUsage;
  /** The usage of the requested client. */
  readonly client: ClientUsage | null;
  readonly dayEndsAt: Date;
}

/** @param client the SteamID64 of a client whose usage is included */
export async function readLimitsInUse(
  { db, clock }: LimitDeps,
  merchantId: string,
  client: string | null,
): Promise<LimitsInUse> {
  const row = await db
    .selectFrom('merchant')
    .select(['client_limits', 'own_client_limits'])
    .where('id', '=', merchantId)
    .executeTakeFirstOrThrow();
  const now = clock.now();
  return {
    ...setLimitsOf(row),
    all: await usageOf(db, merchantId, ALL_CLIENTS, now),
    client: client === null ? null : await usageOf(db, merchantId, client, now),
    dayEndsAt: dayEndOf(dayStartOf(now)),
  };
}

export function setLimitsOf(row: Pick<MerchantRow, 'client_limits' | 'own_client_limits'>): SetLimits {
  return { operator: readClientLimits(row.client_limits), own: readClientLimits(row.own_client_limits) };
}

/** Replaces the limits of this setter. Effective for the next withdrawal, and for requests within 5 s. */
export async function setClientLimits(
  deps: LimitDeps,
  merchantId: string,
  setter: LimitSetter,
  limits: ClientLimits,
): Promise<void> {
  const stored = storedClientLimits(limits);
  await inTransaction(deps, async (trx) => {
    // Nodes cache the request limits of clients.
    await bumpAuthVersion(trx);
    await trx
      .updateTable('merchant')
      .set(setter === 'operator' ? { client_limits: stored } : { own_client_limits: stored })
      .where('id', '=', merchantId)
      .execute();
  });
}
