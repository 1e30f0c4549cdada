import { later } from '../core/clock.ts';
import { OperatorError } from '../core/operator-error.ts';
import type { Db } from '../db/connect.ts';
import { archivedBefore } from '../trades/archived.ts';
import { MARGIN_MS } from './reconcile.ts';

/**
 * Orders of archived trades have no purchase here any more, and would look like orders of nobody.
 * @throws OperatorError when purchases after that time may be archived
 */
export async function requireKept(db: Db, from: Date): Promise<void> {
  const before = await archivedBefore(db);
  const earliest = before && later(before, MARGIN_MS);
  if (earliest === null || from >= earliest) return;
  throw new OperatorError(
    `trades that ended before ${before?.toISOString()} are archived; --from must be ${earliest.toISOString()} or later`,
  );
}
