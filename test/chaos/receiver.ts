import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { TradeWire } from '../../src/trades/wire.ts';
import { kindOf, SIGNATURE_HEADER, verify } from '../../webhooks/index.js';
import type { Tally } from './tally.ts';

/**
 * `forgets to answer`: what was sent is taken, and the connection is cut instead of an answer. `gone` is a server that
 * was put in the wrong place: 410 to everything, which is a no to a question, and has the URL switched off otherwise.
 */
export const moods = ['well', 'down', 'answers 500', 'slow', 'forgets to answer', 'gone'] as const;
export type Mood = (typeof moods)[number];

const SLOW_MS = 1200;

/** What a merchant has taken about one of its trades. */
export interface Taken {
  /** Callback ids in the order in which each came first. */
  readonly ids: string[];
  /** The trade as each of them showed it. */
  readonly shown: Map<string, TradeWire>;
}

/** What merchants do not want bought: a sixteenth of all trades, the same ones however often they are asked. */
function isUnwanted(tradeId: string): boolean {
  return tradeId.endsWith('0');
}

function answerTo(tradeId: string): number {
  return isUnwanted(tradeId) ? 403 : 204;
}

/** All merchants' callback endpoints, `/<merchant id>`, with the moods of a server on the internet. */
export class Receiver {
  mood: Mood = 'well';
  received = 0;
  repeated = 0;
  turnedAway = 0;
  questions = 0;
  readonly taken = new Map<string, Taken>();
  /** Trades to which a merchant has said yes, and those to which it said no, whether or not that was heard. */
  readonly approved = new Set<string>();
  readonly rejected = new Set<string>();
  /** Questions' callback ids → the status they were answered with, or would have been, had the answer come. */
  readonly answers = new Map<string, number>();
  readonly #secrets = new Map<string, string>();
  readonly #tally: Tally;
  readonly #server: Server;

  constructor(tally: Tally) {
    this.#tally = tally;
    this.#server = createServer((incoming, response) => {
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      // A gateway that is killed while it sends leaves half a request behind.
      incoming.on('error', () => {});
      incoming.on('end', () => this.#answer(incoming, Buffer.concat(chunks).toString('utf8'), response));
    });
  }

  async start(port: number): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(port, '127.0.0.1', resolve));
  }

  know(merchantId: string, secret: string): void {
    this.#secrets.set(merchantId, secret);
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #answer(incoming: IncomingMessage, body: string, response: ServerResponse): void {
    this.received++;
    const { mood } = this;
    if (mood === 'down' || mood === 'answers 500') {
      this.turnedAway++;
      if (mood === 'down') incoming.socket.destroy();
      else response.writeHead(500).end();
      return;
    }
    const reply = this.#take((incoming.url ?? '').slice(1), incoming.headers[SIGNATURE_HEADER], body);
    if (mood === 'forgets to answer') incoming.socket.destroy();
    else setTimeout(() => response.writeHead(reply).end(), mood === 'slow' ? SLOW_MS : 0);
  }

  #take(merchantId: string, header: string | string[] | undefined, body: string): number {
    const secret = this.#secrets.get(merchantId) ?? 'unknown';
    const verdict = verify({ secret, headers: { [SIGNATURE_HEADER]: header }, body });
    if (!verdict.ok) {
      this.#tally.found('other', `a callback to merchant ${merchantId} is not genuine: ${verdict.reason}`);
      return 401;
    }
    const { trade } = JSON.parse(body) as { trade: TradeWire }; // signed by the gateway
    if (kindOf({ trade }) === 'approval') return this.#decide(trade.id, verdict.id);
    if (this.mood === 'gone') {
      this.turnedAway++;
      return 410;
    }
    this.#keep(trade, verdict.id);
    return 204;
  }

  #keep(trade: TradeWire, callbackId: string): void {
    const taken = this.taken.get(trade.id) ?? { ids: [], shown: new Map<string, TradeWire>() };
    this.taken.set(trade.id, taken);
    if (taken.shown.has(callbackId)) this.repeated++;
    else taken.ids.push(callbackId);
    taken.shown.set(callbackId, trade);
  }

  #decide(tradeId: string, callbackId: string): number {
    this.questions++;
    const status = this.mood === 'gone' ? 410 : answerTo(tradeId);
    (status === 204 ? this.approved : this.rejected).add(tradeId);
    this.answers.set(callbackId, status);
    return status;
  }
}
