import { createHmac } from 'node:crypto';
import type { FastifyBaseLogger } from 'fastify';
import { Agent, request } from 'undici';
import { MINUTE_MS, SECOND_MS } from '../../src/core/clock.ts';
import { hintBody } from './cs2-wire.ts';
import type { Marketplace } from './marketplace.ts';
import type { Order } from './orders.ts';

export interface HintTarget {
  readonly hintUrl: string;
  readonly hintSecret: string;
}

/** Carries the hex HMAC-SHA256 of the body's bytes under the secret that the gateway registered. */
const SIGNATURE_HEADER = 'x-market-signature';

const URL_SETTING = 'hint_url';
const SECRET_SETTING = 'hint_secret';
const LOOK_EVERY_MS = 100;
const SENDING_MAX = 64;
const ANSWER_TIMEOUT_MS = 5 * SECOND_MS;
/** Gaps between the tries of one hint; then it is given up, as real marketplaces do. */
const RETRY_GAPS_MS = [SECOND_MS, 5 * SECOND_MS, 30 * SECOND_MS, 2 * MINUTE_MS, 10 * MINUTE_MS];

/**
 * Tells the gateway that an order's status has changed. Looks only at orders whose time has come (an index), so that
 * it costs the same with a hundred orders and with a hundred thousand.
 */
export class Hints {
  readonly #marketplace: Marketplace;
  readonly #log: FastifyBaseLogger;
  readonly #agent = new Agent({ connections: SENDING_MAX });
  readonly #sending = new Map<number, Promise<void>>();
  #target: HintTarget | null;
  #looking: NodeJS.Timeout | undefined;
  #woken = false;
  #stopped = false;

  constructor(marketplace: Marketplace, log: FastifyBaseLogger) {
    this.#marketplace = marketplace;
    this.#log = log;
    const hintUrl = marketplace.store.setting(URL_SETTING);
    const hintSecret = marketplace.store.setting(SECRET_SETTING);
    this.#target = hintUrl !== null && hintSecret !== null ? { hintUrl, hintSecret } : null;
  }

  start(): void {
    this.#looking = setInterval(() => this.#look(), LOOK_EVERY_MS).unref();
    this.#marketplace.onChange(() => this.#wake());
  }

  /** Where hints go from now on; kept over restarts. */
  sendTo(target: HintTarget): void {
    this.#marketplace.store.setSetting(URL_SETTING, target.hintUrl);
    this.#marketplace.store.setSetting(SECRET_SETTING, target.hintSecret);
    this.#target = target;
    this.#wake();
  }

  /** How many orders the gateway has not been told of yet, as far as one look shows. */
  get waiting(): number {
    return this.#sending.size + this.#marketplace.orders.hintsDue(this.#marketplace.nowMs, SENDING_MAX).length;
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearInterval(this.#looking);
    await this.#agent.destroy();
    await Promise.all(this.#sending.values());
  }

  /** Looks after the current turn, once for all changes of it, so that the answer to the caller goes out first. */
  #wake(): void {
    if (this.#woken) return;
    this.#woken = true;
    setImmediate(() => {
      this.#woken = false;
      this.#look();
    });
  }

  #look(): void {
    if (this.#stopped || !this.#target || this.#sending.size >= SENDING_MAX) return;
    // Orders that are being told are still due, hence the limit: at least the free places are found among them.
    for (const order of this.#marketplace.orders.hintsDue(this.#marketplace.nowMs, SENDING_MAX)) {
      if (this.#sending.has(order.number)) continue;
      const telling = this.#tell(order, this.#target).finally(() => this.#told(order));
      this.#sending.set(order.number, telling);
    }
  }

  /** Never rejects: what goes wrong is logged and tried again later. */
  async #tell(order: Order, target: HintTarget): Promise<void> {
    try {
      const { phase } = this.#marketplace.standingOf(order);
      const told = phase === order.hintPhase && order.hintTries === 0;
      const triesBefore = phase === order.hintPhase ? order.hintTries : 0;
      const arrived = told || (await this.#send(hintBody(this.#marketplace, order), target));
      if (this.#stopped) return;
      this.#save(order, phase, arrived ? 0 : triesBefore + 1);
    } catch (error) {
      this.#log.error({ err: error, reference: order.reference }, 'a hint could not be recorded');
    }
  }

  #told(order: Order): void {
    this.#sending.delete(order.number);
    if (!this.#stopped) this.#wake();
  }

  /** Decides from the order as it is after the call: it may have moved on, or been cancelled, in the meantime. */
  #save(told: Order, phase: string, tries: number): void {
    const order = this.#marketplace.orders.byNumber(told.number) ?? told;
    const standing = this.#marketplace.standingOf(order);
    const gapMs = tries === 0 ? undefined : RETRY_GAPS_MS[tries - 1];
    const retryAtMs = gapMs === undefined ? null : this.#marketplace.nowMs + gapMs;
    const nextAtMs = standing.phase === phase ? standing.nextChangeAtMs : this.#marketplace.nowMs;
    this.#marketplace.orders.saveHint(order, {
      phase,
      tries: gapMs === undefined ? 0 : tries,
      dueAtMs: earliest(retryAtMs, nextAtMs),
    });
  }

  async #send(body: string, target: HintTarget): Promise<boolean> {
    const signature = createHmac('sha256', target.hintSecret).update(body).digest('hex');
    try {
      const answer = await request(target.hintUrl, {
        method: 'POST',
        headers: { 'content-type': 'application/json', [SIGNATURE_HEADER]: signature },
        body,
        dispatcher: this.#agent,
        signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS),
      });
      await answer.body.dump();
      return answer.statusCode >= 200 && answer.statusCode < 300;
    } catch {
      // No gateway there right now, or no answer in time: both mean "try again later".
      return false;
    }
  }
}

function earliest(a: number | null, b: number | null): number | null {
  if (a === null || b === null) return a ?? b;
  return Math.min(a, b);
}
