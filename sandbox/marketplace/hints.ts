import type { FastifyBaseLogger } from 'fastify';
import { Agent, request } from 'undici';
import { SECOND_MS } from '../../src/core/clock.ts';
import { HintAlarm } from './hint-alarm.ts';
import type { Marketplace } from './marketplace.ts';
import type { Front, Order } from './orders.ts';

export interface HintTarget {
  readonly hintUrl: string;
  readonly hintSecret: string;
}

/** How a front of the marketplace pushes. */
export interface HintFormat {
  /** The orders that it pushes. */
  readonly front: Front;
  /** The start of the names under which its target is stored. */
  readonly setting: string;
  /** Pauses between the attempts of one hint; then it is dropped, as real marketplaces do. */
  readonly retryGapsMs: readonly number[];
  messageOf(marketplace: Marketplace, order: Order, secret: string): HintMessage;
  /** Whether the gateway has received a hint that it answered like this. */
  isReceipt(status: number, body: string): boolean;
}

export interface HintMessage {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const SENDING_MAX = 64;
const ANSWER_TIMEOUT_MS = 5 * SECOND_MS;

/**
 * Notifies the gateway that an order's status has changed. Reads only due orders (by an index), and only when one is due, so
 * that the cost does not depend on the number of orders.
 */
export class Hints {
  readonly #marketplace: Marketplace;
  readonly #log: FastifyBaseLogger;
  readonly #format: HintFormat;
  readonly #agent = new Agent({ connections: SENDING_MAX });
  readonly #sending = new Map<number, Promise<void>>();
  #target: HintTarget | null;
  readonly #alarm: HintAlarm;
  #isWakePending = false;
  #stopped = false;

  constructor(marketplace: Marketplace, log: FastifyBaseLogger, format: HintFormat) {
    this.#marketplace = marketplace;
    this.#log = log;
    this.#format = format;
    this.#alarm = new HintAlarm(marketplace, format.front, () => this.#poll());
    const hintUrl = marketplace.store.setting(`${format.setting}_url`);
    const hintSecret = marketplace.store.setting(`${format.setting}_secret`);
    this.#target = hintUrl !== null && hintSecret !== null ? { hintUrl, hintSecret } : null;
  }

  start(): void {
    this.#marketplace.onChange(() => this.#wake());
    this.#wake();
  }

  /** Sets the target of hints; stored over restarts. */
  sendTo(target: HintTarget): void {
    this.#marketplace.store.setSetting(`${this.#format.setting}_url`, target.hintUrl);
    this.#marketplace.store.setSetting(`${this.#format.setting}_secret`, target.hintSecret);
    this.#target = target;
    this.#wake();
  }

  /** The number of orders with a pending hint, up to the limit of one query. */
  get waiting(): number {
    return this.#sending.size + this.#due(this.#marketplace.nowMs).length;
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#alarm.stop();
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
    const { nowMs } = this.#marketplace;
    // Orders whose hint is being sent are still due, so the limit equals the number of places.
    for (const order of this.#due(nowMs)) {
      if (this.#sending.has(order.number)) continue;
      const sending = this.#notify(order, this.#target).finally(() => this.#onSent(order));
      this.#sending.set(order.number, sending);
    }
    this.#alarm.set(nowMs);
  }

  #due(nowMs: number): Order[] {
    return this.#marketplace.orders.hintsDue(nowMs, this.#format.front, SENDING_MAX);
  }

  /** Never rejects: failures are logged and retried later. */
  async #notify(order: Order, target: HintTarget): Promise<void> {
    try {
      const { phase } = this.#marketplace.statusOf(order);
      const isKnown = phase === order.hintPhase && order.hintTries === 0;
      const triesBefore = phase === order.hintPhase ? order.hintTries : 0;
      const arrived = isKnown || (await this.#send(order, target));
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
    const gapMs = tries === 0 ? undefined : this.#format.retryGapsMs[tries - 1];
    const retryAtMs = gapMs === undefined ? null : this.#marketplace.nowMs + gapMs;
    const nextAtMs = status.phase === phase ? status.nextChangeAtMs : this.#marketplace.nowMs;
    this.#marketplace.orders.saveHint(order, {
      phase,
      tries: gapMs === undefined ? 0 : tries,
      dueAtMs: earliest(retryAtMs, nextAtMs),
    });
  }

  async #send(order: Order, { hintUrl, hintSecret }: HintTarget): Promise<boolean> {
    const { headers, body } = this.#format.messageOf(this.#marketplace, order, hintSecret);
    try {
      const answer = await request(hintUrl, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body,
        dispatcher: this.#agent,
        signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS),
      });
      return this.#format.isReceipt(answer.statusCode, await answer.body.text());
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
