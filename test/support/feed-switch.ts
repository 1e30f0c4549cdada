import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { type RunningMarketplace, startMarketplace } from '../../sandbox/marketplace/server.ts';
import { shop } from '../../sandbox/shop.ts';

const sides = ['cs2', 'rust'] as const;
type Side = (typeof sides)[number];

/** A marketplace whose feeds can be switched off, one side at a time; everything else of it goes on as ever. */
export class FeedSwitch {
  /** The sides whose feeds answer 503. */
  readonly off = new Set<Side>();
  /** How many requests for its feeds a side got, and how many of them at the same time, at most. */
  readonly asked: Record<Side, number> = { cs2: 0, rust: 0 };
  readonly atOnceMax: Record<Side, number> = { cs2: 0, rust: 0 };
  readonly #atOnce: Record<Side, number> = { cs2: 0, rust: 0 };
  readonly url: string;
  readonly #close: () => Promise<void>;

  private constructor(url: string, close: () => Promise<void>) {
    this.url = url;
    this.#close = close;
  }

  static async start(): Promise<FeedSwitch> {
    const marketplace = await startMarketplace({ port: 0, file: ':memory:', plugins: [shop] });
    const server = createServer((request, response) => {
      const side = sides.find((each) => request.url?.startsWith(`/${each}/feed`));
      if (side) feeds.#count(side, response);
      if (side && feeds.off.has(side)) response.writeHead(503).end();
      else forward(marketplace, request, response).catch(() => response.destroy());
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo; // it listens on a port
    const feeds = new FeedSwitch(`http://127.0.0.1:${port}`, async () => {
      server.closeAllConnections();
      server.close();
      await marketplace.close();
    });
    return feeds;
  }

  #count(side: Side, response: ServerResponse): void {
    this.asked[side]++;
    this.#atOnce[side]++;
    this.atOnceMax[side] = Math.max(this.atOnceMax[side], this.#atOnce[side]);
    response.once('close', () => this.#atOnce[side]--);
  }

  stop(): Promise<void> {
    return this.#close();
  }
}

async function forward({ url }: RunningMarketplace, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const body = await text(request);
  const { method = 'GET', headers } = request;
  const answer = await fetch(`${url}${request.url}`, {
    method,
    headers: { 'content-type': headers['content-type'] ?? 'application/json' },
    ...(body === '' ? {} : { body }),
  });
  response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? '' });
  response.end(Buffer.from(await answer.arrayBuffer()));
}
