import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import { verifySignature } from '../../src/callbacks/signature.ts';
import type { TradeWire } from '../../src/trades/wire.ts';

export interface TakenCallback {
  readonly deliveryId: string;
  readonly trade: TradeWire;
  readonly verdict: string;
}

/** A request as it came to a merchant's endpoint, whatever was answered. */
export interface CallbackAttempt {
  readonly deliveryId: string;
  readonly trade: TradeWire;
  /** The signature header and the bytes it signs, for tests that verify on their own. */
  readonly signature: string;
  readonly raw: string;
  readonly method: string;
  readonly headers: IncomingHttpHeaders;
  readonly at: Date;
}

/** What an endpoint answers: a status, a redirect to another URL, or nothing for as long as the caller waits. */
export type CallbackAnswer = number | { readonly redirectTo: string } | 'nothing';

/** Merchants' callback endpoints, all on one server: `/<merchant name>`. Each verifies with its own secret. */
export class Receiver {
  readonly #server: Server;
  readonly #secrets = new Map<string, string>();
  readonly #taken = new Map<string, TakenCallback[]>();
  readonly #attempts = new Map<string, CallbackAttempt[]>();
  /** What a merchant's endpoint answers, always or depending on the trade; 200 unless told otherwise. */
  readonly answers = new Map<string, CallbackAnswer | ((trade: TradeWire) => CallbackAnswer)>();

  private constructor() {
    this.#server = createServer((request, response) => {
      const name = (request.url ?? '').slice(1);
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const attempt = readAttempt(request, Buffer.concat(chunks));
        this.#attempts.set(name, [...this.attemptsBy(name), attempt]);
        const wanted = this.answers.get(name) ?? 200;
        const reply = typeof wanted === 'function' ? wanted(attempt.trade) : wanted;
        if (typeof reply === 'number' && reply < 300) this.#take(name, attempt);
        send(response, reply);
      });
    });
  }

  static async start(): Promise<Receiver> {
    const receiver = new Receiver();
    await new Promise<void>((resolve) => receiver.#server.listen(0, '127.0.0.1', resolve));
    return receiver;
  }

  urlOf(name: string): string {
    const address = this.#server.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    return `http://127.0.0.1:${port}/${name}`;
  }

  know(name: string, secret: string): void {
    this.#secrets.set(name, secret);
  }

  takenBy(name: string): TakenCallback[] {
    return this.#taken.get(name) ?? [];
  }

  /** Every request about any trade that came to this endpoint, the refused ones included, in the order of coming. */
  attemptsBy(name: string): CallbackAttempt[] {
    return this.#attempts.get(name) ?? [];
  }

  /** Every request to any endpoint, merchant by merchant. */
  everyAttempt(): CallbackAttempt[] {
    return [...this.#attempts.values()].flat();
  }

  #take(name: string, { signature, raw, trade }: CallbackAttempt): void {
    const verdict = verifySignature(this.#secrets.get(name) ?? '', signature, raw, new Date());
    const taken = {
      deliveryId: verdict.ok ? verdict.id : '',
      trade,
      verdict: verdict.ok ? 'verified' : verdict.reason,
    };
    this.#taken.set(name, [...this.takenBy(name), taken]);
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

function readAttempt({ method = '', headers }: IncomingMessage, body: Buffer): CallbackAttempt {
  const signature = String(headers['x-assetpay-signature']);
  const raw = body.toString('utf8');
  const { trade } = JSON.parse(raw) as { trade: TradeWire }; // the gateway's own bytes, checked by the verdict
  const deliveryId = /(?:^|,)id=([^,]*)/.exec(signature)?.[1] ?? '';
  return { deliveryId, trade, signature, raw, method, headers, at: new Date() };
}

function send(response: ServerResponse, reply: CallbackAnswer): void {
  if (reply === 'nothing') return;
  if (typeof reply === 'number') response.writeHead(reply).end();
  else response.writeHead(307, { location: reply.redirectTo }).end();
}
