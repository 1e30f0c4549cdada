import pg from 'pg';
import { Marketplace } from '../../sandbox/marketplace/marketplace.ts';
import type { Order } from '../../sandbox/marketplace/orders.ts';
import { SandboxStore, textOf } from '../../sandbox/marketplace/store.ts';
import type { Phase } from '../../sandbox/marketplace/timeline.ts';
import type { ItemState } from '../../src/core/item-states.ts';
import type { SimMarket } from '../simulation/markets.ts';
import { soldAt } from './markets.ts';

/** An order as the marketplace has it, whatever the gateway thinks. */
export interface Sold {
  readonly market: SimMarket;
  readonly reference: string;
  readonly orderId: string;
  /** The adapter's id of the listing. */
  readonly nativeListingId: string;
  readonly isMade: boolean;
  readonly phase: Phase;
  /** As the marketplace writes it. */
  readonly priceMills: bigint;
  readonly createdAtMs: number;
  readonly buyCalls: number;
  readonly isCancelAccepted: boolean;
  /** null: nobody has asked to cancel it. */
  readonly firstCancelAtMs: number | null;
}

/** Opens the marketplace's file; its process must have ended. */
export function readMarketplace(file: string): Map<string, Sold> {
  const store = SandboxStore.open(file);
  const marketplace = new Marketplace(store);
  const rows = store.database.prepare('select reference from marketplace_order').all();
  const sold = rows.flatMap((row) => marketplace.orders.byReference(textOf(row['reference'])) ?? []);
  const books = new Map(sold.map((order) => [order.reference, soldOf(marketplace, order)]));
  store.close();
  return books;
}

function soldOf(marketplace: Marketplace, order: Order): Sold {
  const { reference, outcome, priceMills, createdAtMs, buyCalls, cancelAcceptedAtMs, firstCancelAtMs } = order;
  const { market, orderId } = soldAt(order);
  return {
    market,
    reference,
    orderId,
    nativeListingId: market.nativeIdOf(marketplace.listingOf(order)),
    isMade: outcome === 'made',
    phase: marketplace.statusOf(order).phase,
    priceMills: market.priceOnWire(priceMills),
    createdAtMs,
    buyCalls,
    isCancelAccepted: cancelAcceptedAtMs !== null,
    firstCancelAtMs,
  };
}

/** An item as the gateway has it, with its purchase, and what its money did. */
export interface Bought {
  readonly id: string;
  readonly tradeId: string;
  readonly merchantId: string;
  readonly feeBps: number;
  readonly tradeExternalId: string;
  readonly listingId: string;
  readonly nativeListingId: string;
  readonly supplier: string;
  readonly state: ItemState;
  readonly revertedBy: string | null;
  readonly references: readonly string[];
  readonly purchaseState: string | null;
  /** How often the gateway has claimed to send its purchase, under the one reference. */
  readonly purchaseCalls: number;
  readonly orderId: string | null;
  /** When the order can have been made at the latest, as the gateway knows it. */
  readonly orderedAt: Date | null;
  /** What came back to `available` less what left it; below zero is what the merchant has spent or has locked. */
  readonly netMills: bigint;
  readonly openCancellations: number;
  readonly timerCancellations: number;
  /** Why the whole trade failed. */
  readonly tradeError: string | null;
}

export interface Callback {
  readonly tradeId: string;
  readonly id: string;
  readonly state: string;
  readonly attempts: number;
  /** It was given up, and then sent again because its merchant wanted it. */
  readonly isReplayed: boolean;
}

/** The question whether a trade may be bought, with what the gateway says that it heard. */
export interface Question {
  readonly tradeId: string;
  readonly state: string;
  readonly asked: readonly { readonly messageId: string; readonly status: number | null }[];
}

export interface Wallet {
  readonly merchantId: string;
  readonly name: string;
  readonly mills: bigint;
}

export interface GatewayBooks {
  readonly items: readonly Bought[];
  /** In the order in which they had to go out. */
  readonly callbacks: readonly Callback[];
  readonly questions: readonly Question[];
  readonly wallets: readonly Wallet[];
}

const ofItem = (table: string) => `${table}.merchant_id = item.merchant_id and ${table}.item_id = item.id`;

const ITEMS = `
  select item.id, item.trade_id as "tradeId", item.merchant_id as "merchantId", item.fee_bps as "feeBps",
    trade.external_id as "tradeExternalId", trade.error as "tradeError", item.listing_id as "listingId",
    item.native_listing_id as "nativeListingId", item.supplier, item.state, item.reverted_by as "revertedBy",
    array(select reference from purchase where ${ofItem('purchase')}) as references,
    (select state from purchase where ${ofItem('purchase')} limit 1) as "purchaseState",
    coalesce((select calls from purchase where ${ofItem('purchase')} limit 1), 0) as "purchaseCalls",
    (select order_id from purchase where ${ofItem('purchase')} limit 1) as "orderId",
    (select ordered_at from purchase where ${ofItem('purchase')} limit 1) as "orderedAt",
    (select coalesce(sum(case when to_account = 'available' then amount_mills else 0 end)
      - sum(case when from_account = 'available' then amount_mills else 0 end), 0)::bigint
      from transfer where ${ofItem('transfer')}) as "netMills",
    (select count(*)::int from cancellation where ${ofItem('cancellation')}
      and cancellation.state in ('requested', 'unknown', 'accepted')) as "openCancellations",
    (select count(*)::int from cancellation where ${ofItem('cancellation')}
      and cancellation.actor = 'timer') as "timerCancellations"
  from item join trade on trade.merchant_id = item.merchant_id and trade.id = item.trade_id
  order by item.trade_id, item.position`;

const QUESTIONS = `
  select trade_id as "tradeId", state,
    (select coalesce(json_agg(json_build_object('messageId', message_id, 'status', status) order by number), '[]')
      from approval_attempt as attempt
      where attempt.merchant_id = approval.merchant_id and attempt.trade_id = approval.trade_id) as asked
  from approval order by trade_id`;

/** Reads what the gateways left in their database, past all of their code. */
export async function readGateway(url: string): Promise<GatewayBooks> {
  return onDatabase(url, async (client) => {
    const items = await client.query<Bought>(ITEMS);
    const callbacks = await client.query<Callback>(
      `select trade_id as "tradeId", id, state, attempts, attempts_before > 0 as "isReplayed"
        from callback order by trade_id, number`,
    );
    const questions = await client.query<Question>(QUESTIONS);
    const wallets = await client.query<Wallet>(
      'select merchant_id as "merchantId", name, balance_mills as mills from account',
    );
    return {
      items: items.rows,
      callbacks: callbacks.rows,
      questions: questions.rows,
      wallets: wallets.rows,
    };
  });
}

/** What is still under way: items that are not over, callbacks that are not through, rows whose time has come. */
export interface Backlog {
  readonly due: number;
  /** Trades of which it is not decided whether they may be bought. */
  readonly questions: number;
  /** Those that were given up are to be sent again as well. */
  readonly callbacks: number;
  /** Without those that have no end. */
  readonly openItems: number;
}

/** Whether no purchase waits for its call at this time, or for its merchant's yes. Orders that exist may wait to be read. */
export function nothingIsBought(url: string, nowMs: number): Promise<boolean> {
  const sql = `select not exists (select 1 from purchase where state <> 'done' and due_at <= $1)
      and not exists (select 1 from approval where state = 'asking') as "isQuiet"`;
  return onDatabase(url, async (client) => {
    const { rows } = await client.query<{ isQuiet: boolean }>(sql, [new Date(nowMs)]);
    return rows[0]?.isQuiet ?? false;
  });
}

/** @param endless listings whose items never end */
export async function readBacklog(url: string, nowMs: number, endless: readonly string[]): Promise<Backlog> {
  const now = new Date(nowMs);
  const sql = `select
    (select count(*)::int from purchase where due_at <= $1) + (select count(*)::int from cancellation where due_at <= $1)
      + (select count(*)::int from item where auto_cancel_due_at <= $1) as due,
    (select count(*)::int from approval where state = 'asking') as questions,
    (select count(*)::int from callback where state <> 'delivered') as callbacks,
    (select count(*)::int from item where state in ('initiated', 'pending', 'active', 'hold')
      and listing_id <> all ($2)) as "openItems"`;
  return onDatabase(url, async (client) => {
    const { rows } = await client.query<Backlog>(sql, [now, endless]);
    const [backlog] = rows;
    if (!backlog) throw new Error('the backlog could not be read');
    return backlog;
  });
}

async function onDatabase<T>(url: string, read: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({
    connectionString: url,
    types: {
      // pg's type calls a parser's result `any`; both parsers take the column's text.
      getTypeParser: (oid: number, format?: 'text' | 'binary') =>
        oid === pg.types.builtins.INT8 ? BigInt : pg.types.getTypeParser(oid, format as 'text'),
    },
  });
  await client.connect();
  try {
    return await read(client);
  } finally {
    await client.end();
  }
}
