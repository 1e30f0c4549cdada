import { setTimeout as pause } from 'node:timers/promises';
import { type Answer, call } from './call.ts';
import type { Tally } from './tally.ts';

const LOOK_EVERY_MS = 1000;

interface Shop {
  readonly id: string;
  readonly apiKey: string;
}

/**
 * Whoever looks after the merchants' callback URLs: sees that one was switched off, switches it on again, and has sent
 * again what was given up. All of it over the API, through wires that are cut.
 */
export class UrlKeepers {
  /** Why URLs were switched off → which, each time once. */
  readonly offs = new Map<string, Set<string>>();
  replayed = 0;
  readonly #nodes: readonly string[];
  readonly #shops: readonly Shop[];
  readonly #tally: Tally;
  readonly #from = new Date().toISOString();
  readonly #stopped = new AbortController();
  #looking: Promise<unknown> = Promise.resolve();
  #calls = 0;

  constructor(nodes: readonly string[], shops: readonly Shop[], tally: Tally) {
    this.#nodes = nodes;
    this.#shops = shops;
    this.#tally = tally;
  }

  start(): void {
    this.#looking = Promise.all(this.#shops.map((shop) => this.#keep(shop)));
  }

  async stop(): Promise<void> {
    this.#stopped.abort();
    await this.#looking;
  }

  async #keep(shop: Shop): Promise<void> {
    const { signal } = this.#stopped;
    while (!signal.aborted) {
      await this.#look(shop);
      await this.#replay(shop);
      await pause(LOOK_EVERY_MS, undefined, { signal }).catch(() => {});
    }
  }

  async #look(shop: Shop): Promise<void> {
    const seen = await this.#ask(shop, 'GET', '/v1/callbacks/url');
    if (seen === null) return;
    const { enabled, disabledAt, disabledReason } = seen as Record<string, unknown>; // as documented
    if (enabled) return;
    const reason = String(disabledReason);
    this.offs.set(reason, (this.offs.get(reason) ?? new Set()).add(`${shop.id} ${disabledAt}`));
    await this.#ask(shop, 'POST', '/v1/callbacks/url/enable');
  }

  async #replay(shop: Shop): Promise<void> {
    const done = await this.#ask(shop, 'POST', '/v1/callbacks/replay', { from: this.#from });
    if (done !== null) this.replayed += Number((done as { replayed: number }).replayed); // as documented
  }

  /** @returns null without an answer: it is asked again at the next look */
  async #ask(shop: Shop, method: 'GET' | 'POST', path: string, body?: unknown): Promise<unknown> {
    const node = this.#nodes[this.#calls++ % this.#nodes.length];
    const options = { apiKey: shop.apiKey, ...(body === undefined ? {} : { body }) };
    const answer: Answer = await call(method, `${node}${path}`, options);
    this.#tally.count(path.slice('/v1/'.length), answer);
    if (answer.kind !== 'answer') return null;
    if (answer.status >= 400 && answer.status < 500) {
      this.#tally.found('wrong answer', `${path} is answered ${answer.status} ${answer.key}: ${answer.message}`);
    }
    return answer.status < 300 ? answer.data : null;
  }
}
