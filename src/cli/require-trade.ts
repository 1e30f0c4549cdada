import { isUuid } from '../core/ids.ts';
import { OperatorError } from '../core/operator-error.ts';
import type { Db } from '../db/connect.ts';
import type { TradeRow } from '../db/tables.ts';
import { archiveOfTrade } from '../trades/archived.ts';
import { tradesByRef } from '../trades/timeline.ts';

const NAMED_MAX = 5;

/**
 * Finds the trade with an id or an externalId.
 * @throws OperatorError when there is none, or when several merchants or clients use the externalId
 */
export async function requireTrade(db: Db, ref: string, merchantId: string | undefined): Promise<TradeRow> {
  const found = await tradesByRef(db, ref, merchantId);
  const [trade] = found;
  if (!trade) {
    const archive = isUuid(ref.toLowerCase()) ? await archiveOfTrade(db, ref.toLowerCase()) : null;
    if (archive !== null) throw new OperatorError(`trade ${ref} is archived, in ${archive}`);
    throw new OperatorError(`no trade with the id or externalId ${ref} exists`);
  }
  if (found.length === 1) return trade;
  const named = found.slice(0, NAMED_MAX).map(ownerOf).join('; ');
  const more = found.length > NAMED_MAX ? '; …' : '';
  throw new OperatorError(
    `${found.length} trades have the externalId ${ref}; use the id of one of them: ${named}${more}`,
  );
}

function ownerOf({ id, merchant_id, source, steam_id }: TradeRow): string {
  const client = source === 'client' ? `client ${steam_id} of ` : '';
  return `${id} (${client}merchant ${merchant_id})`;
}
