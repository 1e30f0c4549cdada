import { sql } from 'kysely';
import { Compile } from 'typebox/compile';
import { HOUR_MS, later, MINUTE_MS } from '../core/clock.ts';
import type { Deps } from '../deps.ts';
import { type ClearAnswer, ClearAnswerShape } from './checker.ts';

/** The public API documents this time. */
const CACHED_MS = HOUR_MS;

/** An answer further in the future than this was cached before the clock was set back, so its age is not known. */
const SKEW_MS = MINUTE_MS;

type CacheDeps = Pick<Deps, 'db' | 'clock'>;

const shape = Compile(ClearAnswerShape);

/** @returns the cached answer of the last hour; null when there is none that this version can read */
export async function cachedAnswer({ db, clock }: CacheDeps, tradeUrl: string): Promise<ClearAnswer | null> {
  const row = await db
    .selectFrom('trade_url_check')
    .select('result')
    .where('trade_url', '=', tradeUrl)
    .where('checked_at', '>', later(clock.now(), -CACHED_MS))
    .where('checked_at', '<=', later(clock.now(), SKEW_MS))
    .executeTakeFirst();
  return row && shape.Check(row.result) ? row.result : null;
}

/** Of two concurrent checks the later one is kept. */
export async function cacheAnswer(
  { db }: CacheDeps,
  tradeUrl: string,
  answer: ClearAnswer,
  requestedAt: Date,
): Promise<void> {
  await db
    .insertInto('trade_url_check')
    .values({ trade_url: tradeUrl, result: JSON.stringify(answer), checked_at: requestedAt })
    .onConflict((conflict) =>
      conflict
        .column('trade_url')
        .doUpdateSet((set) => ({ result: set.ref('excluded.result'), checked_at: set.ref('excluded.checked_at') }))
        .where(({ or, eb, ref }) =>
          or([
            eb('trade_url_check.checked_at', '<=', ref('excluded.checked_at')),
            eb('trade_url_check.checked_at', '>', later(requestedAt, SKEW_MS)),
          ]),
        ),
    )
    .execute();
}

/** Rows per statement, so that no lock is held for long. */
const DELETED_MAX = 5000;

/**
 * Deletes expired answers, so that the table holds about an hour of checks.
 * @returns the number of deleted rows; when it is DELETED_MAX there may be more
 */
export async function deleteExpired({ db, clock }: CacheDeps): Promise<number> {
  const until = later(clock.now(), -CACHED_MS);
  const since = later(clock.now(), SKEW_MS);
  const isOld = sql`(checked_at <= ${until}::timestamptz or checked_at > ${since}::timestamptz)`;
  const { numAffectedRows = 0n } = await sql`
    delete from trade_url_check where ${isOld} and trade_url in (
      select trade_url from trade_url_check where ${isOld} limit ${sql.lit(DELETED_MAX)})`.execute(db);
  return Number(numAffectedRows);
}

export async function deleteAllExpired(deps: CacheDeps): Promise<void> {
  while ((await deleteExpired(deps)) === DELETED_MAX);
}
