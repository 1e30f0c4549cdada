import { createServer, type Server } from 'node:http';
import type { TradeWire } from '../../src/trades/wire.ts';

/** The merchants' side: takes every callback and remembers what each item was last said to be. */
export class Receiver {
  readonly #server: Server;
  readonly #told = new Map<string, string>();
  #taken = 0;
  url = '';

  constructor() {
    this.#server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        this.#take(Buffer.concat(chunks).toString());
        response.writeHead(200).end();
      });
    });
  }

  async start(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    const address = this.#server.address();
    this.url = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}/callbacks`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  get taken(): number {
    return this.#taken;
  }

  lastTold(tradeId: string, listingId: string): string | undefined {
    return this.#told.get(`${tradeId}/${listingId}`);
  }

  #take(body: string): void {
    this.#taken++;
    const { trade } = JSON.parse(body) as { trade: TradeWire }; // the gateway's own callback
    for (const item of trade.items) this.#told.set(`${trade.id}/${item.id}`, item.status ?? '');
  }
}
