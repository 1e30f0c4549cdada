import { sql } from 'kysely';
import type { CancelFacts } from '../../sandbox/marketplace/cancel-watch.ts';
import type { ItemState } from '../../src/core/item-states.ts';
import { inLanes } from './eventually.ts';
import type { RaceItem } from './items.ts';
import { send, type World } from './world.ts';

/** What is true of one item when its round is over: by the gateway's tables, the marketplace and the merchant. */
export interface Facts {
  readonly state: ItemState;
  readonly priceMills: string;
  /** Without the reservation. */
  readonly transfers: readonly {
    readonly key: string;
    readonly kind: string;
    readonly to: string;
    readonly mills: string;
  }[];
  readonly cancellations: readonly {
    readonly state: string;
    readonly actor: string;
    readonly reason: string | null;
    readonly attempts: number;
  }[];
  readonly events: readonly {
    readonly event: string;
    readonly to: string;
    readonly at: string;
    readonly actor: string;
  }[];
  readonly purchases: number;
  readonly market: MarketFacts;
  /** The item's status in the last callback. */
  readonly told: string | undefined;
}

/** The sandbox's own route. */
export interface MarketFacts extends CancelFacts {
  readonly phase: string;
  readonly cancelAcceptedAt: string | null;
  readonly deliveredAt: string | null;
  readonly buyCalls: number;
  readonly cancelCalls: number;
}

type Row = Omit<Facts, 'market' | 'told'> & { readonly id: string };

/** The facts of all items of a batch, by item id. */
export async function readFacts(world: World, items: readonly RaceItem[], lanes: number): Promise<Map<string, Facts>> {
  const rows = await readRows(world, items);
  const facts = new Map<string, Facts>();
  await inLanes(items, lanes, async (item) => {
    const row = rows.get(item.itemId);
    if (!row) throw new Error(`item ${item.itemId} is not in the database`);
    const { json } = await send(world.marketplace, 'GET', `/control/orders/${item.reference}`);
    const told = world.receiver.lastTold(item.tradeId, item.listingId);
    facts.set(item.itemId, { ...row, market: json as MarketFacts, told });
  });
  return facts;
}

async function readRows({ db }: World, items: readonly RaceItem[]): Promise<Map<string, Row>> {
  const ids = items.map((item) => item.itemId);
  const { rows } = await sql<Row>`
    select item.id, item.state, item.price_mills::text as "priceMills",
      (select coalesce(json_agg(json_build_object('key', key, 'kind', kind, 'to', to_account, 'mills', amount_mills::text)
        order by at), '[]') from transfer
        where transfer.merchant_id = item.merchant_id and item_id = item.id and kind <> 'reserve') as transfers,
      (select coalesce(json_agg(json_build_object('state', state, 'actor', actor, 'reason', reason, 'attempts', attempts)
        order by requested_at), '[]') from cancellation as cancellation
        where cancellation.merchant_id = item.merchant_id and cancellation.item_id = item.id) as cancellations,
      (select coalesce(json_agg(json_build_object('event', event, 'to', to_state, 'at', at, 'actor', actor)
        order by number), '[]') from trade_event as event
        where event.merchant_id = item.merchant_id and event.item_id = item.id) as events,
      (select count(*)::int from purchase
        where purchase.merchant_id = item.merchant_id and purchase.item_id = item.id) as purchases
    from item where item.id = any(${ids}::uuid[])`.execute(db);
  return new Map(rows.map((row) => [row.id, row]));
}
