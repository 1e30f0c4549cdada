import { accessSync, constants, statSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Config } from '../config/config.ts';
import { DAY_MS, later } from '../core/clock.ts';
import { OperatorError } from '../core/operator-error.ts';

/** What is removed, as of a moment. */
export interface Policy {
  /** Bodies of callbacks that were recorded before are removed; null: none are. */
  readonly bodiesBefore: Date | null;
  /** Trades that ended before are archived and removed; null: none are. The beginning of a month (UTC). */
  readonly tradesBefore: Date | null;
}

type RetentionConfig = Pick<Config, 'retentionBodiesDays' | 'retentionTradesDays' | 'retentionArchive'>;

/**
 * What the settings remove now. Trades go a month at a time, so that a merchant gets a file a month and not one a day: they are
 * kept for up to 31 days longer than the setting says.
 */
export function policyAt({ retentionBodiesDays, retentionTradesDays }: RetentionConfig, now: Date): Policy {
  const before = (days: number) => (days === 0 ? null : later(now, -days * DAY_MS));
  const tradesBefore = before(retentionTradesDays);
  return {
    bodiesBefore: before(retentionBodiesDays),
    tradesBefore: tradesBefore && startOfMonth(tradesBefore),
  };
}

function startOfMonth(at: Date): Date {
  return new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth()));
}

/**
 * The folder of archives.
 * @throws OperatorError when it is not a folder that this process can write to
 */
export function requireArchiveFolder({ retentionArchive }: RetentionConfig): string {
  const folder = resolve(retentionArchive);
  try {
    if (!statSync(folder).isDirectory()) throw new Error('it is not a folder');
    accessSync(folder, constants.W_OK | constants.X_OK);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new OperatorError(
      `RETENTION_ARCHIVE ${folder} cannot be used: ${why}; create the folder, or mount it, for the user of this process alone`,
    );
  }
  return folder;
}
