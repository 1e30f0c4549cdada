import { once } from 'node:events';
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { Agent, request } from 'undici';
import { allMarkets } from '../chaos/markets.ts';

/** Where purchases are held: before the marketplace hears of them, or after it has sold. */
export type Place = 'before it is sold' | 'before it is answered';

interface Answer {
  readonly statusCode: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** Between a gateway and its marketplaces: passes all calls on, and holds purchases where a test says. */
export class PurchaseGate {
  readonly #server: Server;
  readonly #agent = new Agent();
  readonly #marketplaceUrl: string;
  #place: Place | null = null;
  #held = 0;
  #onHeld: () => void = () => {};
  #release: Promise<void> = Promise.resolve();
  #open: () => void = () => {};

  private constructor(marketplaceUrl: string) {
    this.#marketplaceUrl = marketplaceUrl;
    this.#server = createServer((incoming, response) => {
      // A gateway that is killed leaves half a call behind.
      this.#pass(incoming, response).catch(() => incoming.socket.destroy());
    });
  }

  static async start(marketplaceUrl: string): Promise<PurchaseGate> {
    const gate = new PurchaseGate(marketplaceUrl);
    gate.#server.listen(0, '127.0.0.1');
    await once(gate.#server, 'listening');
    return gate;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`; // it listens on a port
  }

  /** Holds purchases from now on. @returns resolves once so many are held */
  hold(place: Place, count: number): Promise<void> {
    this.#place = place;
    this.#held = 0;
    this.#release = new Promise((resolve) => {
      this.#open = resolve;
    });
    return new Promise((resolve) => {
      this.#onHeld = () => {
        this.#held++;
        if (this.#held === count) resolve();
      };
    });
  }

  /** Lets what is held go on, and holds nothing more. */
  release(): void {
    this.#place = null;
    this.#open();
  }

  /** What is held never goes on: whoever sent it is dead. */
  forget(): void {
    this.#place = null;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
    await this.#agent.destroy();
  }

  async #pass(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await buffer(incoming);
    const place = isPurchase(incoming, body) ? this.#place : null;
    if (place === 'before it is sold') await this.#hold();
    const answer = await this.#ask(incoming, body);
    if (place === 'before it is answered') await this.#hold();
    response.writeHead(answer.statusCode, answer.headers).end(answer.body);
  }

  #hold(): Promise<void> {
    this.#onHeld();
    return this.#release;
  }

  async #ask({ method, url, headers }: IncomingMessage, body: Buffer): Promise<Answer> {
    const { connection: _connection, 'transfer-encoding': _encoding, ...passed } = headers;
    const { statusCode, ...answer } = await request(`${this.#marketplaceUrl}${url}`, {
      method: methods.find((each) => each === method) ?? 'GET',
      headers: passed,
      dispatcher: this.#agent,
      ...(body.length > 0 ? { body } : {}),
    });
    const { connection: _theirs, 'transfer-encoding': _chunked, ...given } = answer.headers;
    return { statusCode, headers: given, body: Buffer.from(await answer.body.arrayBuffer()) };
  }
}

const methods = ['GET', 'POST', 'PUT'] as const;

function isPurchase({ method, url = '' }: IncomingMessage, body: Buffer): boolean {
  const text = body.length > 0 ? body.toString('utf8') : null;
  const message = { method: method === 'POST' ? 'POST' : 'GET', url, headers: {}, body: text } as const;
  return allMarkets.some(({ calls }) => calls.buy(message) !== null);
}
