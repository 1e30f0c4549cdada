/** What the floor puts into the two statements. */
export interface FloorValues {
  readonly merchantId: string;
  readonly tradeId: string;
  readonly itemId: string;
  readonly supplier: string;
  readonly actor: string;
  readonly requestId: string;
  readonly cancellationId: string;
  readonly now: Date;
  /** Until when the call to the supplier may take. */
  readonly leaseEnd: Date;
}

export interface Statement {
  readonly name: string;
  readonly text: string;
}

/**
 * The two statements of an accepted cancel at the least: what the gateway records before and after the call, with nothing
 * looked up or checked. After each run the database is checked: what the floor answered must be recorded in the rows that
 * the gateway would have written.
 */
export const one = {
  insert: {
    name: 'insert_cancellation',
    text: `insert into cancellation
      (merchant_id, id, trade_id, item_id, supplier, state, actor, request_id, attempts, due_at, requested_at)
      values ($1, $2, $3, $4, $5, 'requested', $6, $7, 1, $8, $9)
      on conflict (merchant_id, item_id) where state in ('requested', 'unknown', 'accepted') do nothing
      returning id`,
  },
  accept: {
    name: 'accept',
    text: `with answered as (
        update cancellation set state = 'accepted', reason = null, due_at = null, answered_at = $3
        where merchant_id = $1 and id = $2 and state = 'requested' and attempts = 1
        returning merchant_id, item_id
      )
      update purchase set due_at = least(purchase.due_at, $3::timestamptz) from answered
      where purchase.merchant_id = answered.merchant_id and purchase.item_id = answered.item_id
        and purchase.state = 'done'
      returning purchase.item_id`,
  },
} as const satisfies Record<string, Statement>;

/** The same for many cancels at once. */
export const many = {
  insert: {
    name: 'insert_cancellations',
    text: `insert into cancellation
      (merchant_id, id, trade_id, item_id, supplier, state, actor, request_id, attempts, due_at, requested_at)
      select merchant_id, id, trade_id, item_id, supplier, 'requested', actor, request_id, 1, due_at::timestamptz,
        requested_at::timestamptz
      from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[])
        as given (merchant_id, id, trade_id, item_id, supplier, actor, request_id, due_at, requested_at)
      on conflict (merchant_id, item_id) where state in ('requested', 'unknown', 'accepted') do nothing
      returning id`,
  },
  accept: {
    name: 'accept_many',
    text: `with answered as (
        update cancellation set state = 'accepted', reason = null, due_at = null, answered_at = answered::timestamptz
        from unnest($1::uuid[], $2::uuid[], $3::text[]) as given (merchant_id, id, answered)
        where cancellation.merchant_id = given.merchant_id and cancellation.id = given.id
          and cancellation.state = 'requested' and cancellation.attempts = 1
        returning cancellation.merchant_id, cancellation.item_id, cancellation.answered_at
      )
      update purchase set due_at = least(purchase.due_at, answered.answered_at) from answered
      where purchase.merchant_id = answered.merchant_id and purchase.item_id = answered.item_id
        and purchase.state = 'done'
      returning purchase.item_id`,
  },
} as const satisfies Record<string, Statement>;

export function insertValues(given: FloorValues): unknown[] {
  const { merchantId, cancellationId, tradeId, itemId, supplier, actor, requestId, leaseEnd, now } = given;
  return [merchantId, cancellationId, tradeId, itemId, supplier, actor, requestId, leaseEnd, now];
}

export function acceptValues({ merchantId, cancellationId, now }: FloorValues): unknown[] {
  return [merchantId, cancellationId, now];
}

/** Columns of many rows of values, with times as texts. */
export function columns(rows: readonly (readonly unknown[])[]): unknown[][] {
  const [first = []] = rows;
  return first.map((_, place) => rows.map((row) => asText(row[place])));
}

function asText(value: unknown): unknown {
  return value instanceof Date ? value.toISOString() : value;
}
