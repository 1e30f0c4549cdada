import { createServer, type Server } from 'node:http';
import { SIGNATURE_HEADER, verify } from '../webhooks/index.js';

/** What a callback told, and when it had been received whole. */
export interface Callback {
  readonly tradeId: string;
  readonly status: string;
  readonly updatedAt: Date;
  readonly receivedAtMs: number;
}

/** The merchants' side of callbacks: takes them, checks their signatures and notes when they came. */
export class Receiver {
  readonly #server: Server;
  readonly #waiting = new Map<string, (callback: Callback) => void>();
  readonly #secrets = new Map<string, string>();
  url = '';

  constructor() {
    this.#server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const receivedAtMs = performance.timeOrigin + performance.now();
        const taken = this.#take(Buffer.concat(chunks).toString(), request.headers[SIGNATURE_HEADER], receivedAtMs);
        response.writeHead(taken ? 200 : 401).end();
      });
    });
  }

  async start(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    const address = this.#server.address();
    this.url = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}/callbacks`;
  }

  /** The next callback of a trade, whose merchant has this secret. */
  next(tradeId: string, secret: string): Promise<Callback> {
    this.#secrets.set(tradeId, secret);
    return new Promise((resolve) => this.#waiting.set(tradeId, resolve));
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #take(body: string, header: string | string[] | undefined, receivedAtMs: number): boolean {
    const { trade } = JSON.parse(body);
    const secret = this.#secrets.get(trade.id) ?? 'unknown';
    if (!verify({ secret, headers: { [SIGNATURE_HEADER]: header }, body }).ok) return false;
    const { id: tradeId, status, updatedAt } = trade;
    this.#waiting.get(tradeId)?.({ tradeId, status, updatedAt: new Date(updatedAt), receivedAtMs });
    return true;
  }
}
