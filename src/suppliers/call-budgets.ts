import type { FastifyBaseLogger } from 'fastify';
import type { Redis } from 'ioredis';
import { CallBudget, type CallKind, type CallRate, LocalTokens } from '../net/call-budget.ts';
import { openRedis } from '../net/redis.ts';
import { SharedTokens } from '../net/shared-tokens.ts';

interface CallBudgetOptions {
  /** Redis for budgets that all nodes share; empty: each node has its own. */
  readonly redisUrl: string;
  readonly log: FastifyBaseLogger;
  /** Is told of each call that could not be sent at once. */
  readonly onHeld: (supplier: string, call: CallKind) => void;
}

/** The call budgets of this process's accounts. */
export class CallBudgets {
  readonly #options: CallBudgetOptions;
  readonly #byAccount = new Map<string, CallBudget>();
  #redis: Redis | null = null;

  constructor(options: CallBudgetOptions) {
    this.#options = options;
  }

  /**
   * The budget of an account. It keeps the rate with which it was first made, like the node that uses it: another rate
   * counts after a restart.
   */
  of(account: string, rate: CallRate): CallBudget {
    const known = this.#byAccount.get(account);
    if (known) return known;
    const { redisUrl, log, onHeld } = this.#options;
    const tokens = redisUrl ? new SharedTokens(this.#open(redisUrl), account, rate, log) : new LocalTokens(rate);
    const budget = new CallBudget(tokens, rate, (call) => onHeld(account, call));
    this.#byAccount.set(account, budget);
    return budget;
  }

  find(account: string): CallBudget | undefined {
    return this.#byAccount.get(account);
  }

  close(): void {
    this.#redis?.disconnect();
  }

  #open(url: string): Redis {
    this.#redis ??= openRedis(url);
    // Without a listener an error would end the process. What counts in Redis logs problems once.
    if (this.#redis.listenerCount('error') === 0) this.#redis.on('error', () => {});
    // Each account waits for the connection.
    this.#redis.setMaxListeners(0);
    return this.#redis;
  }
}
