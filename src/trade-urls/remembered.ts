import { sql } from 'kysely';
import { Compile } from 'typebox/compile';
import { HOUR_MS, later, MINUTE_MS } from '../core/clock.ts';
import type { Deps } from '../deps.ts';
import { type ClearAnswer, ClearAnswerShape } from './checker.ts';

/** As the public API says. */
const REMEMBERED_MS = HOUR_MS;

/** An answer that is more than this from the future was heard before the clock was set back, who knows how long ago. */
const SKEW_MS = MINUTE_MS;

type RememberingDeps = Pick<Deps, 'db' | 'clock'>;

const shape = Compile(ClearAnswerShape);

/** What was heard of a trade URL less than an hour ago; null: nothing, or nothing that this version can read. */
export async function recall({ db, clock }: RememberingDeps, tradeUrl: string): Promise<ClearAnswer | null> {
  const row = await db
    .selectFrom('trade_url_check')
    .select('result')
    .where('trade_url', '=', tradeUrl)
    .where('checked_at', '>', later(clock.now(), -REMEMBERED_MS))
    .where('checked_at', '<=', later(clock.now(), SKEW_MS))
    .executeTakeFirst();
  return row && shape.Check(row.result) ? row.result : null;
}

/** Of two checks at once the later one stays. */
export async function remember(
  { db }: RememberingDeps,
  tradeUrl: string,
  answer: ClearAnswer,
  askedAt: Date,
): Promise<void> {
  await db
    .insertInto('trade_url_check')
    .values({ trade_url: tradeUrl, result: JSON.stringify(answer), checked_at: askedAt })
    .onConflict((conflict) =>
      conflict
        .column('trade_url')
        .doUpdateSet((set) => ({ result: set.ref('excluded.result'), checked_at: set.ref('excluded.checked_at') }))
        .where(({ or, eb, ref }) =>
          or([
            eb('trade_url_check.checked_at', '<=', ref('excluded.checked_at')),
            eb('trade_url_check.checked_at', '>', later(askedAt, SKEW_MS)),
          ]),
        ),
    )
    .execute();
}

/** In one statement, so that no lock is held for long. */
const FORGOTTEN_MAX = 5000;

/**
 * Deletes what is too old to be recalled, so that the table holds an hour's checks at most, and those of a round.
 * @returns how many were deleted; when it is FORGOTTEN_MAX there may be more
 */
export async function forgetOld({ db, clock }: RememberingDeps): Promise<number> {
  const until = later(clock.now(), -REMEMBERED_MS);
  const since = later(clock.now(), SKEW_MS);
  const isOld = sql`(checked_at <= ${until}::timestamptz or checked_at > ${since}::timestamptz)`;
  const { numAffectedRows = 0n } = await sql`
    delete from trade_url_check where ${isOld} and trade_url in (
      select trade_url from trade_url_check where ${isOld} limit ${sql.lit(FORGOTTEN_MAX)})`.execute(db);
  return Number(numAffectedRows);
}

export async function forgetAllOld(deps: RememberingDeps): Promise<void> {
  while ((await forgetOld(deps)) === FORGOTTEN_MAX);
}
