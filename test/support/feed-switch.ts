import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { type Front, fronts } from '../../sandbox/marketplace/orders.ts';
import { type RunningMarketplace, startMarketplace } from '../../sandbox/marketplace/server.ts';
import { shop } from '../../sandbox/shop.ts';

/** Where each marketplace tells what it sells. */
const feedPaths: Readonly<Record<Front, RegExp>> = {
  cs2dt: /^\/cs2dt\/v2\/product\/(v2\/search|v1\/sell\/list)/,
  'lis-skins': /^\/lis-skins\/market_export_json/,
  waxpeer: /^\/waxpeer\/v1\/prices\/snapshot/,
};

/** Marketplaces whose feeds can be switched off, one at a time; everything else of them goes on as ever. */
export class FeedSwitch {
  /** Those whose feeds answer 503. */
  readonly off = new Set<Front>();
  /** How many requests for its feed each got, and how many of them at the same time, at most. */
  readonly asked: Record<Front, number> = { cs2dt: 0, 'lis-skins': 0, waxpeer: 0 };
  readonly atOnceMax: Record<Front, number> = { cs2dt: 0, 'lis-skins': 0, waxpeer: 0 };
  readonly #atOnce: Record<Front, number> = { cs2dt: 0, 'lis-skins': 0, waxpeer: 0 };
  readonly url: string;
  readonly #close: () => Promise<void>;

  private constructor(url: string, close: () => Promise<void>) {
    this.url = url;
    this.#close = close;
  }

  static async start(): Promise<FeedSwitch> {
    const marketplace = await startMarketplace({ port: 0, file: ':memory:', plugins: [shop] });
    const server = createServer((request, response) => {
      const front = fronts.find((each) => feedPaths[each].test(request.url ?? ''));
      if (front) feeds.#count(front, response);
      if (front && feeds.off.has(front)) response.writeHead(503).end();
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

  #count(front: Front, response: ServerResponse): void {
    this.asked[front]++;
    this.#atOnce[front]++;
    this.atOnceMax[front] = Math.max(this.atOnceMax[front], this.#atOnce[front]);
    response.once('close', () => this.#atOnce[front]--);
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
    headers: passedOn(headers),
    ...(body === '' ? {} : { body }),
  });
  response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? '' });
  response.end(Buffer.from(await answer.arrayBuffer()));
}

/** The key of LIS-SKINS is in a header, and its lists are refused to programs. */
function passedOn(headers: IncomingMessage['headers']): Record<string, string> {
  const { 'content-type': type = 'application/json', authorization, 'user-agent': agent } = headers;
  return {
    'content-type': type,
    ...(authorization === undefined ? {} : { authorization }),
    ...(agent === undefined ? {} : { 'user-agent': agent }),
  };
}
