import { request as callOn, createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

/** What happens to a call on its way to the marketplace or back. */
export type Fault =
  /** The marketplace never hears of the call. */
  | { readonly kind: 'broken before' }
  /** The marketplace has done it, and its answer is lost. */
  | { readonly kind: 'broken after' }
  /** Half of the answer arrives. */
  | { readonly kind: 'broken inside' }
  /** Half of the answer arrives as if it were the whole. */
  | { readonly kind: 'ends early' }
  /** The marketplace has done it, and no answer comes. */
  | { readonly kind: 'silent' }
  /** The answer waits for `release`. */
  | { readonly kind: 'held' }
  /** The marketplace has done it, and something else answers. */
  | { readonly kind: 'page'; readonly status: number; readonly body: string }
  /** The answer comes under a status that it does not belong to. */
  | { readonly kind: 'status'; readonly status: number }
  | { readonly kind: 'rewritten'; readonly rewrite: (text: string) => string };

interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

/** The network between an adapter and its marketplace. It knows no marketplace's format, so that it serves all of them. */
export interface FaultyProxy {
  readonly url: string;
  /** Calls since the last `breaks` or `mends`. */
  readonly calls: () => number;
  /** @param nth the only call that is hit, counted from 1; absent: all of them */
  breaks(fault: Fault, nth?: number): void;
  mends(): void;
  /** Lets held answers go. */
  release(): void;
  /** Resolves when an answer is held. */
  holding(): Promise<void>;
  close(): Promise<void>;
}

export async function openProxy(target: string): Promise<FaultyProxy> {
  let active: { fault: Fault; nth: number | null } | null = null;
  let calls = 0;
  let held = Promise.withResolvers<void>();
  let holding = Promise.withResolvers<void>();
  const hold = async () => {
    holding.resolve();
    await held.promise;
  };
  const server = createServer((request, response) => {
    calls++;
    const fault = active && (active.nth ?? calls) === calls ? active.fault : null;
    pass(target, request, response, fault, hold).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const restart = (next: typeof active) => {
    active = next;
    calls = 0;
    held.resolve();
    held = Promise.withResolvers();
    holding = Promise.withResolvers();
  };
  return {
    // A server that listens on a port has an address object.
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls: () => calls,
    breaks: (fault, nth) => restart({ fault, nth: nth ?? null }),
    mends: () => restart(null),
    release: () => held.resolve(),
    holding: () => holding.promise,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function pass(
  target: string,
  request: IncomingMessage,
  response: ServerResponse,
  fault: Fault | null,
  hold: () => Promise<void>,
): Promise<void> {
  const body = await buffer(request);
  if (fault?.kind === 'broken before') return void response.destroy();
  const answer = await ask(target, request, body);
  switch (fault?.kind) {
    case 'broken after':
      return void response.destroy();
    case 'silent':
      return;
    case 'page':
      return send(response, { status: fault.status, headers: {}, body: Buffer.from(fault.body) });
    case 'ends early':
      return send(response, { ...answer, body: firstHalf(answer) });
    case 'broken inside':
      response.writeHead(answer.status, { ...answer.headers, 'content-length': answer.body.length });
      return void response.write(firstHalf(answer), () => response.destroy());
    case 'status':
      return send(response, { ...answer, status: fault.status });
    case 'rewritten':
      return send(response, { ...answer, body: Buffer.from(fault.rewrite(answer.body.toString())) });
    case 'held':
      await hold();
  }
  send(response, answer);
}

function firstHalf({ body }: Answer): Buffer {
  return body.subarray(0, body.length / 2);
}

function send(response: ServerResponse, { status, headers, body }: Answer): void {
  response.writeHead(status, { ...headers, 'content-length': body.length }).end(body);
}

function ask(target: string, { method, url, headers }: IncomingMessage, body: Buffer): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const call = callOn(`${target}${url}`, { method, headers }, async (answer) => {
      const { 'transfer-encoding': _, connection: __, ...rest } = answer.headers;
      resolve({ status: answer.statusCode ?? 0, headers: rest, body: await buffer(answer) });
    });
    call.on('error', reject).end(body);
  });
}
