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

/** The hex HMAC-SHA256 of the body with the secret that the gateway registered. */
const SIGNATURE_HEADER = 'x-market-signature';

const URL_SETTING = 'hint_url';
const SECRET_SETTING = 'hint_secret';
const POLL_INTERVAL_MS = 100;
const SENDING_MAX = 64;
const ANSWER_TIMEOUT_MS = 5 * SECOND_MS;
/** Pauses between the attempts of one hint; then it is dropped, as real marketplaces do. */
const RETRY_GAPS_MS = [SECOND_MS, 5 * SECOND_MS, 30 * SECOND_MS, 2 * MINUTE_MS, 10 * MINUTE_MS];

/**
 * Notifies the gateway that an order's status has changed. Reads only due orders (by an index), so that the cost does not depend
 * on the number of orders.
 */
export class Hints {
  readonly #marketplace: Marketplace;
  readonly #log: FastifyBaseLogger;
  readonly #agent = new Agent({ connections: SENDING_MAX });
  readonly #sending = new Map<number, Promise<void>>();
  #target: HintTarget | null;
  #timer: NodeJS.Timeout | undefined;
  #isWakePending = false;
  #stopped = false;

  constructor(marketplace: Marketplace, log: FastifyBaseLogger) {
    this.#marketplace = marketplace;
    this.#log = log;
    const hintUrl = marketplace.store.setting(URL_SETTING);
    const hintSecret = marketplace.store.setting(SECRET_SETTING);
    this.#target = hintUrl !== null && hintSecret !== null ? { hintUrl, hintSecret } : null;
  }

  start(): void {
    this.#timer = setInterval(() => this.#poll(), POLL_INTERVAL_MS).unref();
    this.#marketplace.onChange(() => this.#wake());
  }

  /** Sets the target of hints; stored over restarts. */
  sendTo(target: HintTarget): void {
    this.#marketplace.store.setSetting(URL_SETTING, target.hintUrl);
    this.#marketplace.store.setSetting(SECRET_SETTING, target.hintSecret);
    this.#target = target;
    this.#wake();
  }

  /** The number of orders with a pending hint, up to the limit of one query. */
  get waiting(): number {
    return this.#sending.size + this.#marketplace.orders.hintsDue(this.#marketplace.nowMs, SENDING_MAX).length;
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearInterval(this.#timer);
    await this.#agent.destroy();
    await Promise.all(this.#sending.values());
  }

  /** Polls once after the current turn, so that the answer to the caller is sent first. */
  #wake(): void {
    if (this.#isWakePending) return;
    this.#isWakePending = true;
    setImmediate(() => {
      this.#isWakePending = false;
      this.#poll();
    });
  }

  #poll(): void {
    if (this.#stopped || !this.#target || this.#sending.size >= SENDING_MAX) return;
    // Orders whose hint is being sent are still due, so the limit equals the number of places.
    for (const order of this.#marketplace.orders.hintsDue(this.#marketplace.nowMs, SENDING_MAX)) {
      if (this.#sending.has(order.number)) continue;
      const sending = this.#notify(order, this.#target).finally(() => this.#onSent(order));
      this.#sending.set(order.number, sending);
    }
  }

  /** Never rejects: failures are logged and retried later. */
  async #notify(order: Order, target: HintTarget): Promise<void> {
    try {
      const { phase } = this.#marketplace.statusOf(order);
      const isKnown = phase === order.hintPhase && order.hintTries === 0;
      const triesBefore = phase === order.hintPhase ? order.hintTries : 0;
      const arrived = isKnown || (await this.#send(hintBody(this.#marketplace, order), target));
      if (this.#stopped) return;
      this.#save(order, phase, arrived ? 0 : triesBefore + 1);
    } catch (error) {
      this.#log.error({ err: error, reference: order.reference }, 'failed to record a hint');
    }
  }

  #onSent(order: Order): void {
    this.#sending.delete(order.number);
    if (!this.#stopped) this.#wake();
  }

  /** Uses the order as it is after the call, because it may have changed or been cancelled meanwhile. */
  #save(sent: Order, phase: string, tries: number): void {
    const order = this.#marketplace.orders.byNumber(sent.number) ?? sent;
    const status = this.#marketplace.statusOf(order);
    const gapMs = tries === 0 ? undefined : RETRY_GAPS_MS[tries - 1];
    const retryAtMs = gapMs === undefined ? null : this.#marketplace.nowMs + gapMs;
    const nextAtMs = status.phase === phase ? status.nextChangeAtMs : this.#marketplace.nowMs;
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
      // The gateway is not running or did not answer in time; both are retried later.
      return false;
    }
  }
}

function earliest(a: number | null, b: number | null): number | null {
  if (a === null || b === null) return a ?? b;
  return Math.min(a, b);
}
