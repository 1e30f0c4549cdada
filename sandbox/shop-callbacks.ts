import { systemClock } from '../src/core/clock.ts';
import type { Trade } from '../src/core/webhooks.ts';
import { integerOf, type SandboxStore, textOf } from './marketplace/store.ts';

const SHOWN_MAX = 1000;

/** A callback that the demo merchant received. */
export interface Received {
  readonly deliveryId: string;
  readonly tradeId: string;
  readonly status: string;
  readonly items: readonly { readonly id: string; readonly status: string }[];
  readonly receivedAt: string;
}

/** The callbacks that the demo shop received, each stored once. */
export class ReceivedCallbacks {
  readonly #store: SandboxStore;

  constructor(store: SandboxStore) {
    this.#store = store;
    store.database.exec(`create table if not exists received (
      number integer primary key, delivery_id text not null unique, trade_id text not null, body text not null,
      times integer not null default 1, received_at text not null) strict`);
  }

  /** A repeated callback, which has the same id, is counted but not stored again. */
  take(callbackId: string, trade: Trade): void {
    this.#store.database
      .prepare(`insert into received (delivery_id, trade_id, body, received_at) values (?, ?, ?, ?)
        on conflict (delivery_id) do update set times = times + 1`)
      .run(callbackId, trade.id, JSON.stringify({ trade }), systemClock.now().toISOString());
  }

  list(tradeId: string | undefined) {
    const where = tradeId === undefined ? '' : 'where trade_id = ?';
    const rows = this.#store.database
      .prepare(`select delivery_id, body, times, received_at from received ${where} order by number limit ${SHOWN_MAX}`)
      .all(...(tradeId === undefined ? [] : [tradeId]));
    return rows.map((row) => {
      const { trade } = parse(textOf(row['body']));
      const received: Received & { times: number; trade: unknown } = {
        deliveryId: textOf(row['delivery_id']),
        tradeId: trade.id,
        status: trade.status,
        items: trade.items.map(({ id, status }) => ({ id, status })),
        times: integerOf(row['times']),
        receivedAt: textOf(row['received_at']),
        trade,
      };
      return received;
    });
  }
}

interface CallbackBody {
  trade: { id: string; status: string; items: { id: string; status: string }[] };
}

function parse(body: string): CallbackBody {
  // Only verified bodies are stored, so the body comes from the gateway.
  return JSON.parse(body) as CallbackBody;
}
