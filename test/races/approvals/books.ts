import type { ApprovalRow } from '../../../src/db/tables.ts';
import { type Bought, readGateway, readMarketplace, type Sold } from '../../chaos/books.ts';
import type { Order } from './orders.ts';
import type { Question } from './receiver.ts';
import type { Stage } from './stage.ts';

/** All that is known of one order at the end. */
export interface Outcome {
  readonly order: Order;
  readonly items: readonly Bought[];
  /** What the marketplace has sold for it, whatever the gateway thinks. */
  readonly sold: readonly Sold[];
  readonly approval: Pick<ApprovalRow, 'state' | 'attempts' | 'failures'> | undefined;
  readonly questions: readonly Question[];
}

export interface Books {
  readonly outcomes: readonly Outcome[];
  /** What the marketplace has sold and no order explains. */
  readonly unexplained: readonly Sold[];
}

/** Reads both sides' books; the marketplace must have ended. */
export async function readBooks(stage: Stage, orders: readonly Order[]): Promise<Books> {
  const { items } = await readGateway(stage.databaseUrl);
  const marketplace = readMarketplace(stage.marketplaceFile);
  const approvals = await stage.db
    .selectFrom('approval')
    .select(['trade_id', 'state', 'attempts', 'failures'])
    .execute();
  const outcomes = orders.map((order) => {
    const own = items.filter((item) => item.tradeExternalId === order.externalId);
    const sold = own.flatMap(({ references }) => references.flatMap((reference) => marketplace.get(reference) ?? []));
    const approval = approvals.find((each) => each.trade_id === own[0]?.tradeId);
    const questions = stage.receiver.questions.filter(({ trade }) => trade.externalId === order.externalId);
    return { order, items: own, sold, approval, questions };
  });
  const explained = new Set(outcomes.flatMap(({ sold }) => sold.map(({ reference }) => reference)));
  return { outcomes, unexplained: [...marketplace.values()].filter(({ reference }) => !explained.has(reference)) };
}
