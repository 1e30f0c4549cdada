import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { approve, dedupeKey, isTestPing, reject, type Trade, verify } from 'skinrail/webhooks';

const LIMIT_DOLLARS = 500;

/** The shop’s endpoint for callbacks: it approves purchases, and keeps the latest state of each trade. */
export class Shop {
  readonly #secret: string;
  readonly #handled = new Set<string>();
  readonly #latest = new Map<string, Trade>();
  readonly #server = createServer((request, response) => void this.#handle(request, response));
  #onUpdate: () => void = () => {};

  constructor(apiSecret: string) {
    this.#secret = apiSecret;
  }

  /** @returns the URL for callbacks */
  async open(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    const address = this.#server.address();
    if (address === null || typeof address === 'string') throw new Error('the shop has no port');
    return `http://127.0.0.1:${address.port}/callbacks`;
  }

  close(): void {
    this.#server.close();
  }

  /** Waits for the callback after which the trade is as `isSo` says. */
  async waitFor(tradeId: string, isSo: (trade: Trade) => boolean): Promise<Trade> {
    for (;;) {
      const trade = this.#latest.get(tradeId);
      if (trade && isSo(trade)) return trade;
      await new Promise<void>((resolve, fail) => {
        const timer = setTimeout(() => fail(new Error(`no callback about trade ${tradeId} in 20 seconds`)), 20_000);
        this.#onUpdate = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = Buffer.concat(await Array.fromAsync(request));
    // Sent once when the URL is set, and not signed.
    if (isTestPing(body)) return void response.end();
    const verdict = verify({ secret: this.#secret, headers: request.headers, body });
    if (!verdict.ok) return void response.writeHead(401).end(verdict.reason);
    if (verdict.kind === 'approval') {
      const { totalPrice } = verdict.payload.trade;
      const answer = totalPrice <= LIMIT_DOLLARS ? approve() : reject(`costs more than $${LIMIT_DOLLARS}`);
      return void response.writeHead(answer.status, answer.headers).end(answer.body);
    }
    // A callback can arrive twice; its key tells.
    if (verdict.kind === 'trade' && !this.#handled.has(dedupeKey(verdict))) {
      this.#handled.add(dedupeKey(verdict));
      this.#latest.set(verdict.payload.trade.id, verdict.payload.trade);
      this.#onUpdate();
    }
    response.end();
  }
}
