import type { TradeWire } from '../../src/trades/wire.ts';
import { kindOf, verify } from '../../webhooks/index.js';
import type { Faults } from './faults.ts';
import type { Host, Message, Reply } from './network.ts';

interface Told {
  readonly callbackId: string;
  readonly body: string;
  readonly trade: TradeWire;
}

/** The merchant's endpoint. It remembers what it took, in the order of taking. */
export class Receiver implements Host {
  readonly timeoutMs: number;
  /** Each callback once, when it was first taken. */
  readonly taken: Told[] = [];
  /** How often each callback came, taken or not. */
  readonly arrivals = new Map<string, number>();
  /** What it said when it was asked whether to buy a trade, whether or not that was heard. */
  readonly decided = new Map<string, boolean>();
  readonly #faults: Faults;
  readonly #bodies = new Map<string, string>();
  #secret = '';

  constructor(faults: Faults, timeoutMs: number) {
    this.#faults = faults;
    this.timeoutMs = timeoutMs;
  }

  know(secret: string): void {
    this.#secret = secret;
  }

  nameOf({ method }: Message): string {
    return `${method} callback`;
  }

  began(): () => void {
    return () => {};
  }

  /** @throws Error when the signature is wrong, or a retry says something else than the first try */
  async answer({ headers, body }: Message): Promise<Reply> {
    const verdict = verify({ secret: this.#secret, headers, body });
    if (!verdict.ok) throw new Error(`a callback whose signature is ${verdict.reason}`);
    const { id: callbackId } = verdict;
    const known = this.#bodies.get(callbackId);
    if (known !== undefined && known !== body) throw new Error(`callback ${callbackId} changed between its tries`);
    this.#bodies.set(callbackId, body ?? '');
    this.arrivals.set(callbackId, (this.arrivals.get(callbackId) ?? 0) + 1);
    const { trade } = JSON.parse(body ?? '') as { trade: TradeWire }; // the gateway's own bytes, verified above
    if (kindOf({ trade }) === 'approval') return this.#decide(trade.id);
    if (this.#faults.strikes('callback answered 410')) return { status: 410, body: 'gone' };
    if (this.#faults.strikes('callback refused')) return { status: 500, body: 'not now' };
    const isNew = !this.taken.some((each) => each.callbackId === callbackId);
    if (isNew) this.taken.push({ callbackId, body: body ?? '', trade });
    return { status: 200, body: 'ok' };
  }

  /** Some trades are not wanted, and now and then there is no answer; what was said once is said again. */
  #decide(tradeId: string): Reply {
    if (this.#faults.strikes('question not answered')) return { status: 503, body: 'not now' };
    const isWanted = this.decided.get(tradeId) ?? !this.#faults.strikes('trade not wanted');
    this.decided.set(tradeId, isWanted);
    return { status: 200, body: isWanted ? '' : '{"action":"reject","reason":"not wanted"}' };
  }
}
