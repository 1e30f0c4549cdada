import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { TradeWire } from '../../src/trades/wire.ts';
import { isTestPing, kindOf, verify } from '../../webhooks/index.js';

export interface TakenCallback {
  readonly callbackId: string;
  readonly trade: TradeWire;
  readonly verdict: string;
}

/** A request as it came to a merchant's endpoint, whatever was answered. */
export interface CallbackAttempt {
  readonly callbackId: string;
  readonly trade: TradeWire;
  /** The signature header and the bytes it signs, for tests that verify on their own. */
  readonly signature: string;
  readonly raw: string;
  readonly method: string;
  readonly headers: IncomingHttpHeaders;
  readonly at: Date;
}

/** What an endpoint answers: a status, one with a body, a redirect, or nothing for as long as the caller waits. */
export type CallbackAnswer =
  | number
  | { readonly status: number; readonly body?: string; readonly headers?: Readonly<Record<string, string>> }
  | { readonly redirectTo: string }
  | 'nothing';

/** The n-th question to an endpoint, counted from 1, and what it says to it. */
export type QuestionAnswer = CallbackAnswer | ((question: CallbackAttempt, nth: number) => CallbackAnswer);

/** Merchants' callback endpoints, all on one server: `/<merchant name>`. Each verifies with its own secret. */
export class Receiver {
  readonly #server: Server;
  readonly #secrets = new Map<string, string>();
  readonly #taken = new Map<string, TakenCallback[]>();
  readonly #attempts = new Map<string, CallbackAttempt[]>();
  /** What a merchant's endpoint answers, always or depending on the trade; 200 unless told otherwise. */
  readonly answers = new Map<string, CallbackAnswer | ((trade: TradeWire) => CallbackAnswer)>();

  readonly #questions = new Map<string, CallbackAttempt[]>();
  /** What a merchant's endpoint says when it is asked whether to buy; it approves unless told otherwise. */
  readonly gate = new Map<string, QuestionAnswer>();

  private constructor() {
    this.#server = createServer((request, response) => {
      const name = (request.url ?? '').slice(1);
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const body = Buffer.concat(chunks);
        if (isTestPing(body)) return send(response, 200);
        const attempt = readAttempt(request, body);
        if (kindOf({ trade: attempt.trade }) === 'approval') return send(response, this.#decide(name, attempt));
        this.#attempts.set(name, [...this.attemptsBy(name), attempt]);
        const wanted = this.answers.get(name) ?? 200;
        const reply = typeof wanted === 'function' ? wanted(attempt.trade) : wanted;
        if (typeof reply === 'number' && reply < 300) this.#take(name, attempt);
        send(response, reply);
      });
    });
    // Closed for being idle just when it is used again, a connection would look like a merchant who does not answer.
    this.#server.keepAliveTimeout = 0;
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

  /** Every time this endpoint was asked whether to buy, in the order of coming. */
  questionsTo(name: string): CallbackAttempt[] {
    return this.#questions.get(name) ?? [];
  }

  #decide(name: string, question: CallbackAttempt): CallbackAnswer {
    const asked = [...this.questionsTo(name), question];
    this.#questions.set(name, asked);
    const wanted = this.gate.get(name) ?? 200;
    return typeof wanted === 'function' ? wanted(question, asked.length) : wanted;
  }

  takenBy(name: string): TakenCallback[] {
    return this.#taken.get(name) ?? [];
  }

  /** Every callback about any trade that came to this endpoint, the refused ones included, in the order of coming. */
  attemptsBy(name: string): CallbackAttempt[] {
    return this.#attempts.get(name) ?? [];
  }

  /** Every request to any endpoint, questions first, merchant by merchant. */
  everyAttempt(): CallbackAttempt[] {
    return [...this.#questions.values(), ...this.#attempts.values()].flat();
  }

  /** Callers that wait for an answer get none. */
  closeConnections(): void {
    this.#server.closeAllConnections();
  }

  #take(name: string, { signature, raw, trade }: CallbackAttempt): void {
    const verdict = verify({ secret: this.#secrets.get(name) ?? 'unknown', header: signature, body: raw });
    const taken = {
      callbackId: verdict.ok ? verdict.id : '',
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
  const callbackId = /(?:^|,)id=([^,]*)/.exec(signature)?.[1] ?? '';
  return { callbackId, trade, signature, raw, method, headers, at: new Date() };
}

function send(response: ServerResponse, reply: CallbackAnswer): void {
  if (reply === 'nothing') return;
  if (typeof reply === 'number') response.writeHead(reply).end();
  else if ('status' in reply) response.writeHead(reply.status, reply.headers ?? {}).end(reply.body);
  else response.writeHead(307, { location: reply.redirectTo }).end();
}
