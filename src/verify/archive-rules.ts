import { sql } from 'kysely';
import { type Proof, rule } from './rule.ts';
import { merchants } from './walk.ts';

/** A merchant's archived trades compared with the files that have them, and with the trades that are kept. */
export const archiveProof: Proof = {
  walk: merchants,
  ids: ['merchant_id'],
  facts: (_now, merchant) => sql`
    select slice.id as merchant_id, files.removed, archived.*
    from slice
    cross join lateral (
      select coalesce(sum(removed), 0)::bigint as removed from archive_file where merchant_id = ${merchant}
    ) as files
    cross join lateral (
      select count(*) as archived, count(trade.id) as kept
      from archived_trade left join trade on trade.merchant_id = ${merchant} and trade.id = archived_trade.id
      where archived_trade.merchant_id = ${merchant}
    ) as archived`,
  rules: [
    rule(
      'archives-have-what-is-gone',
      'Each archived trade is in the count of its file.',
      ['removed', 'archived'],
      sql`removed <> archived`,
    ),
    rule('archived-trade-is-gone', 'No trade is both archived and kept.', ['archived', 'kept'], sql`kept <> 0`),
  ],
};
