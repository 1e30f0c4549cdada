import { sql } from 'kysely';
import { ofAllMerchants } from '../db/portable.ts';
import type { Deps } from '../deps.ts';
import { lastRun } from '../verify/last-run.ts';

/** Something that a person should look at. */
export interface Attention {
  readonly kind:
    | 'unknown'
    | 'callbacks-off'
    | 'callbacks-failing'
    | 'circuit-open'
    | 'verify-broken'
    | 'funding-request'
    | 'freeze';
  readonly count: number;
  /** Since when the oldest of them is so; null: not known. */
  readonly since: Date | null;
}

type AttentionDeps = Pick<Deps, 'db' | 'clock'>;

/** What needs the operator's staff now. Kinds of which there is nothing are left out. */
export async function attentionOfStaff(deps: AttentionDeps): Promise<Attention[]> {
  const { rows } = await sql<{ kind: Attention['kind']; count: number; since: Date | null }>`
    select ${ofAllMerchants} 'unknown' as kind, count(*)::int4 as count, min(since) as since from (
      select unknown_since as since from purchase where unknown_since is not null
      union all
      select requested_at from cancellation where due_at is not null and state in ('requested', 'unknown')
        and due_at <= ${deps.clock.now()}
    ) as open
    union all
    select 'callbacks-off', count(*)::int4, min(callback_disabled_at) from merchant where callback_disabled_at is not null
    union all
    select 'callbacks-failing', count(*)::int4, min(callback_failing_since) from merchant
      where callback_failing_since is not null and callback_disabled_at is null
    union all
    select 'circuit-open', count(*)::int4, min(opened_at) from supplier_health where opened_at is not null
    union all
    select 'funding-request', count(*)::int4, min(requested_at) from funding_request where decision is null
    union all
    select 'freeze', count(*)::int4, min(since) from buying_freeze`.execute(deps.db);
  return [...rows.filter(({ count }) => count > 0), ...(await brokenRules(deps))];
}

async function brokenRules({ db }: AttentionDeps): Promise<Attention[]> {
  const run = await lastRun({ db });
  const broken = Array.isArray(run?.broken) ? run.broken.length : 0;
  return broken === 0 ? [] : [{ kind: 'verify-broken', count: broken, since: run?.ended_at ?? null }];
}

/** What needs a merchant's members now. */
export async function attentionOfMerchant({ db }: AttentionDeps, merchantId: string): Promise<Attention[]> {
  const merchant = await db
    .selectFrom('merchant')
    .select(['callback_disabled_at as offSince', 'callback_failing_since as failingSince'])
    .where('id', '=', merchantId)
    .executeTakeFirstOrThrow();
  const { offSince, failingSince } = merchant;
  if (offSince !== null) return [{ kind: 'callbacks-off', count: 1, since: offSince }];
  return failingSince === null ? [] : [{ kind: 'callbacks-failing', count: 1, since: failingSince }];
}
