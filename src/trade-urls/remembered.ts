import { sql } from 'kysely';
import { Compile } from 'typebox/compile';
import { HOUR_MS, later } from '../clock.ts';
import type { Deps } from '../deps.ts';
import { type ClearAnswer, ClearAnswerShape } from './checker.ts';

/** As the public API says. */
const REMEMBERED_MS = HOUR_MS;

type RememberingDeps = Pick<Deps, 'db' | 'clock'>;

const shape = Compile(ClearAnswerShape);

/** What was heard of a trade URL less than an hour ago; null: nothing, or nothing that this version can read. */
export async function recall({ db, clock }: RememberingDeps, tradeUrl: string): Promise<ClearAnswer | null> {
  const row = await db
    .selectFrom('trade_url_check')
    .select('result')
    .where('trade_url', '=', tradeUrl)
    .where('checked_at', '>', later(clock.now(), -REMEMBERED_MS))
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
        .whereRef('trade_url_check.checked_at', '<=', 'excluded.checked_at'),
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
  const { numAffectedRows = 0n } = await sql`
    delete from trade_url_check where checked_at <= ${until} and trade_url in (
      select trade_url from trade_url_check where checked_at <= ${until} limit ${sql.lit(FORGOTTEN_MAX)})`.execute(db);
  return Number(numAffectedRows);
}

export async function forgetAllOld(deps: RememberingDeps): Promise<void> {
  while ((await forgetOld(deps)) === FORGOTTEN_MAX);
}
