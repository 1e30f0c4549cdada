import { EventEmitter } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Trade } from '../../../webhooks/index.js';
import { SIGNATURE_HEADER, verify } from '../../../webhooks/index.js';
import { answerOf, failuresOf } from './orders.ts';

const HEARD_WITHIN_MS = 20_000;

/** One time that a merchant was asked. */
export interface Question {
  readonly callbackId: string;
  readonly trade: Trade;
  /** What was written to somebody who was still there; null: nobody was, or nothing has been yet. */
  said: 'yes' | 'no' | 'not now' | null;
}

/** `request` is anything that comes, `answered` an answer to a question that has just been handed to the network. */
type Moment = 'request' | 'asked' | 'answered';

/** All merchants' endpoints, `/<merchant id>`; what they say to a question is told by the trade's externalId. */
export class GateReceiver {
  readonly questions: Question[] = [];
  /** What cannot be: requests that are not genuine. */
  readonly strange: string[] = [];
  readonly #secrets = new Map<string, string>();
  readonly #moments = new EventEmitter<Record<Moment, []>>();
  readonly #server: Server;
  #held: { readonly question: Question; readonly response: ServerResponse }[] | null = null;

  constructor() {
    this.#server = createServer((incoming, response) => {
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      // A gateway that is killed while it sends leaves half a request behind.
      incoming.on('error', () => {});
      incoming.on('end', () => this.#take(incoming, Buffer.concat(chunks), response));
    });
  }

  async start(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  urlOf(merchantId: string): string {
    const address = this.#server.address();
    return `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}/${merchantId}`;
  }

  know(merchantId: string, secret: string): void {
    this.#secrets.set(merchantId, secret);
  }

  /** From now on questions are kept without an answer. */
  hold(): void {
    this.#held = [];
  }

  /** Whether anybody who waits for an answer is gone. */
  async hasLostWhoAsked(): Promise<boolean> {
    await nextTurn();
    return (this.#held ?? []).some(({ response }) => isGone(response));
  }

  /** Answers what was kept; those who asked and are gone are known to be by then. */
  async release(): Promise<void> {
    await nextTurn();
    const held = this.#held ?? [];
    this.#held = null;
    for (const { question, response } of held) this.#answer(question, response);
  }

  /** Resolves in the very turn in which this has happened so many times from now on. */
  heard(moment: Moment, times: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const late = () => reject(new Error(`"${moment}" did not happen ${times} times within 20 seconds`));
      const timer = setTimeout(late, HEARD_WITHIN_MS);
      let left = times;
      const count = () => {
        if (--left > 0) return;
        clearTimeout(timer);
        this.#moments.off(moment, count);
        resolve();
      };
      this.#moments.on(moment, count);
    });
  }

  #take(incoming: IncomingMessage, body: Buffer, response: ServerResponse): void {
    this.#moments.emit('request');
    const secret = this.#secrets.get((incoming.url ?? '').slice(1)) ?? 'unknown';
    const verdict = verify({ secret, headers: incoming.headers, body });
    if (!verdict.ok) {
      this.strange.push(`${incoming.headers[SIGNATURE_HEADER]}: ${verdict.reason}`);
      response.writeHead(401).end();
    } else if (verdict.kind === 'approval') this.#ask(verdict.id, verdict.payload.trade, response);
    else response.writeHead(204).end();
  }

  #ask(callbackId: string, trade: Trade, response: ServerResponse): void {
    const question: Question = { callbackId, trade, said: null };
    this.questions.push(question);
    if (this.#held) this.#held.push({ question, response });
    else this.#answer(question, response);
    this.#moments.emit('asked');
  }

  #answer(question: Question, response: ServerResponse): void {
    if (isGone(response)) return;
    question.said = this.#decide(question.trade);
    const status = { yes: 204, no: 403, 'not now': 503 }[question.said];
    response.writeHead(status).end(() => this.#moments.emit('answered'));
  }

  #decide({ id, externalId }: Trade): 'yes' | 'no' | 'not now' {
    const planned = answerOf(externalId ?? '');
    const failed = this.questions.filter((question) => question.trade.id === id && question.said === 'not now');
    if (failed.length < failuresOf(planned)) return 'not now';
    return planned === 'reject' ? 'no' : 'yes';
  }
}

/** Whoever waited for this answer has closed the connection, or died. */
function isGone(response: ServerResponse): boolean {
  return response.destroyed || response.socket?.destroyed !== false;
}
