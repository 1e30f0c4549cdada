import type { Command } from 'commander';
import type { Mills } from '../../core/money.ts';
import { limitJson } from '../../operator-api/marketplace-json.ts';
import { requireAccount } from '../../supplier-accounts/operations.ts';
import { readLimits, setLimit } from '../../supplier-accounts/spending.ts';
import { readAmount } from '../input.ts';
import { limitText } from '../limit-text.ts';
import { type Choose, changing, type DatabaseOptions, databaseCommand, type Report, type Session } from '../task.ts';

interface LimitOptions extends DatabaseOptions {
  readonly dayMax?: string;
}

/** `skinrail supplier limit`: how much is spent with an account. */
export function addLimitCommand(supplier: Command, choose: Choose): void {
  databaseCommand(
    supplier,
    'limit <account>',
    'show or change what may be spent with an account in 24 hours; all nodes follow within seconds',
    'supplier limit waxpeer --day-max 500',
  )
    .option('--day-max <dollars>', 'the most, in what the marketplace asks; "none" removes the limit')
    .action((id: string, options: LimitOptions) => {
      const { dayMax } = options;
      const max = dayMax === undefined ? undefined : dayMax === 'none' ? null : readAmount(dayMax);
      choose(changing(options, { kind: 'account', id }, (session) => apply(session, id, max)));
    });
}

/** @param dayMaxMills undefined: it is only shown */
async function apply({ deps }: Session, id: string, dayMaxMills: Mills | null | undefined): Promise<Report> {
  await requireAccount(deps, id);
  if (dayMaxMills !== undefined) await setLimit(deps, id, dayMaxMills);
  const limit = (await readLimits(deps)).get(id) ?? null;
  return { text: `${id}: ${limitText(limit)}\n`, json: { id, limit: limitJson(limit) } };
}
