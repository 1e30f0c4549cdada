import { request } from 'undici';
import type { TradeWire } from '../../src/trades/wire.ts';
import type { GatewayProcess } from './gateway-process.ts';

export interface Reply {
  readonly status: number;
  readonly data: unknown;
  readonly error: { readonly code: number; readonly key: string; readonly details?: Record<string, unknown> } | null;
  readonly retryAfter: string | null;
}

export interface TestListing {
  readonly id: string;
  readonly game: string;
  readonly marketHashName: string;
  readonly behaviour: string;
  readonly price: number;
}

export interface Received {
  readonly deliveryId: string;
  readonly status: string;
  readonly times: number;
  readonly trade: TradeWire;
}

const POLL_INTERVAL_MS = 50;
/** Only what hangs reaches this, however busy the machine is. */
const WAIT_TIMEOUT_MS = 180_000;
const GAMES = ['730', '252490'];

/** The demo merchant's client: plain HTTP with an api-key, as any merchant would write it. */
export class ShopClient {
  readonly #gateway: GatewayProcess;

  constructor(gateway: GatewayProcess) {
    this.#gateway = gateway;
  }

  async call(method: 'GET' | 'POST', path: string, body?: unknown): Promise<Reply> {
    const { apiKey } = this.#gateway.sandboxFile();
    const answer = await request(`${this.#gateway.baseUrl}${path}`, {
      method,
      headers: { 'api-key': apiKey, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    // The gateway's envelope; the calling step checks `data`.
    const envelope = (await answer.body.json()) as { data?: unknown; error?: Reply['error'] };
    const retryAfter = answer.headers['retry-after'];
    return {
      status: answer.statusCode,
      data: envelope.data,
      error: envelope.error ?? null,
      retryAfter: typeof retryAfter === 'string' ? retryAfter : null,
    };
  }

  /** A gateway that has just started on a busy machine may not know yet what is on sale, and answers 503 until it does. */
  async untilMarketIsKnown(): Promise<void> {
    const isKnown = async (game: string) => (await this.call('GET', `/secure/market?game=${game}`)).status !== 503;
    for (const game of GAMES) {
      await this.eventually(`the market of game ${game}`, async () => ((await isKnown(game)) ? true : null));
    }
  }

  async testListing(behaviour: string, game: string): Promise<TestListing> {
    const { data } = await this.call('GET', '/sandbox/listings');
    const testListing = (data as TestListing[]).find((each) => each.behaviour === behaviour && each.game === game); // as documented
    if (!testListing) throw new Error(`no test listing has the behaviour ${behaviour}`);
    return testListing;
  }

  async trade(id: string): Promise<TradeWire> {
    const { data } = await this.call('GET', `/secure/trades/${id}`);
    return data as TradeWire; // the documented shape
  }

  async balance(): Promise<{ balance: number; pendingBalance: number }> {
    const { data } = await this.call('GET', '/v1/wallets/me/balance');
    return data as { balance: number; pendingBalance: number }; // the documented shape
  }

  /** The number of purchases that this gateway process has completed. */
  async purchasesMade(): Promise<number> {
    const text = await (await request(`${this.#gateway.baseUrl}/metrics`)).body.text();
    const made = text.matchAll(/^skinrail_supplier_calls_total\{.*call="buy",outcome="bought"\} (\d+)$/gm);
    return [...made].reduce((sum, [, count]) => sum + Number(count), 0);
  }

  async callbacksOf(tradeId: string): Promise<Received[]> {
    const { data } = await this.call('GET', `/sandbox/callbacks?trade=${tradeId}`);
    return data as Received[]; // the demo shop's own list
  }

  async advance(duration: string): Promise<string> {
    const { data } = await this.call('POST', '/sandbox/clock', { advance: duration });
    return (data as { now: string }).now; // the documented shape
  }

  /** Polls `poll` until it returns a value. */
  async eventually<T>(what: string, poll: () => Promise<T | null>): Promise<T> {
    const end = performance.now() + WAIT_TIMEOUT_MS;
    for (;;) {
      const found = await poll();
      if (found !== null) return found;
      if (performance.now() > end) throw new Error(`${what} did not happen within ${WAIT_TIMEOUT_MS / 1000} seconds`);
      await new Promise((resolve) => setTimeout(resolve, POLL_INTERVAL_MS));
    }
  }
}
