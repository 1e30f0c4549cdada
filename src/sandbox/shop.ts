import { SIGNATURE_HEADER, verifySignature } from '../callbacks/signature.ts';
import { systemClock } from '../clock.ts';
import type { SandboxPlugin } from './marketplace/server.ts';
import { integerOf, type SandboxStore, textOf } from './marketplace/store.ts';

/** Where the demo merchant's secret is kept: it is the merchant's own copy. */
const SECRET_SETTING = 'shop.api_secret';
const SHOWN_MAX = 1000;

/** A callback as the demo merchant took it. */
export interface Received {
  readonly deliveryId: string;
  readonly tradeId: string;
  readonly status: string;
  readonly items: readonly { readonly id: string; readonly status: string }[];
  readonly receivedAt: string;
}

/**
 * The demo merchant's side of callbacks: it verifies the signature over the raw body, takes each delivery once,
 * and answers 200, or 401 for what it cannot verify. `GET /shop/callbacks` shows what it took.
 */
export const shop: SandboxPlugin = async (app, { store }) => {
  const received = new ReceivedCallbacks(store);
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, body, done) => done(null, body));

  app.put('/shop/secret', async (request) => {
    store.setSetting(SECRET_SETTING, String(request.body));
    return { ok: true };
  });

  app.post('/shop/callbacks', async (request, reply) => {
    const body = String(request.body);
    const header = request.headers[SIGNATURE_HEADER];
    const secret = store.setting(SECRET_SETTING) ?? '';
    const verdict = verifySignature(secret, typeof header === 'string' ? header : undefined, body, systemClock.now());
    if (!verdict.ok) return reply.code(401).send({ refused: verdict.reason });
    received.take(verdict.id, body);
    return { ok: true };
  });

  app.get<{ Querystring: { trade?: string } }>('/shop/callbacks', async (request) => ({
    callbacks: received.list(request.query.trade),
  }));
};

class ReceivedCallbacks {
  readonly #store: SandboxStore;

  constructor(store: SandboxStore) {
    this.#store = store;
    store.database.exec(`create table if not exists received (
      number integer primary key, delivery_id text not null unique, trade_id text not null, body text not null,
      times integer not null default 1, received_at text not null) strict`);
  }

  /** A delivery that comes again is counted, not taken again: its id is what makes it the same. */
  take(deliveryId: string, body: string): void {
    const { trade } = parse(body);
    this.#store.database
      .prepare(`insert into received (delivery_id, trade_id, body, received_at) values (?, ?, ?, ?)
        on conflict (delivery_id) do update set times = times + 1`)
      .run(deliveryId, trade.id, body, systemClock.now().toISOString());
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
  // The signature is verified, so the body is the gateway's own.
  return JSON.parse(body) as CallbackBody;
}
