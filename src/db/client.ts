import { setTimeout as pause, setImmediate } from 'node:timers/promises';
import pg from 'pg';
import type { Connections } from './connections.ts';
import type { Server, Servers } from './database-url.ts';
import {
  causeText,
  codeOf,
  DatabaseUnavailable,
  endsSession,
  type FailedOutcome,
  isCollision,
  READ_ONLY,
} from './failure.ts';
import type { StatementNames } from './prepared.ts';
import { asStartupOptions, asStatement, IS_READ_ONLY } from './session.ts';

/** The setup of a pool's connections. */
export interface ClientSetup {
  readonly servers: Servers;
  readonly connections: Connections;
  readonly connectMs: number;
  /** A connection is destroyed when a statement gets no answer in this time; 0: never. */
  readonly statementMs: number;
  readonly settings: Readonly<Record<string, string>>;
  /** null behind a transaction pooler, which shares sessions: nothing is prepared or set. */
  readonly names: StatementNames | null;
  readonly types?: pg.CustomTypesConfig | undefined;
  /** Whether settings are sent with the session start; a pooler may refuse that. */
  takesOptions: boolean;
}

const KEEPALIVE_AFTER_MS = 10_000;
const ANSWER_MARGIN_MS = 1000;
const CHECK_MAX_MS = 3000;
/** How often a single statement is sent that collides with others. */
const TRIES_MAX = 6;
const COLLISION_PAUSE_MS = 5;
/** Statements that change nothing outside a transaction. */
const LEAVES_NOTHING = /^\s*((select|show|listen)\b|(begin|rollback|start transaction[^;]*)\s*;?\s*$)/i;

type Startup = Record<string, string>;

/** A pooler refused the startup options. */
export class OptionsRefused extends Error {}

/**
 * One connection to a writable server. Its session settings do not depend on the database's defaults. When a statement gets
 * no answer, the connection is destroyed. All failures of the database have one error class. A broken connection emits no
 * event of its own: the current or the next statement fails.
 */
export class GatewayClient extends pg.Client {
  readonly #setup: ClientSetup;
  readonly #server: Server;
  readonly #reported = new Map<string, string>();
  #failure: DatabaseUnavailable | null = null;
  #sentAt: number | null = null;
  #isReadOnly = false;
  #writabilityEpoch: number;
  /** When the server last answered, by `performance.now()`. */
  answeredAt = performance.now();

  constructor(setup: ClientSetup) {
    const server = setup.servers.current;
    super({
      ...server.config,
      application_name: server.config.application_name ?? 'skinrail',
      keepAlive: true,
      keepAliveInitialDelayMillis: KEEPALIVE_AFTER_MS,
      connectionTimeoutMillis: setup.connectMs,
      ...(setup.types ? { types: setup.types } : {}),
    });
    this.#setup = setup;
    this.#server = server;
    this.#writabilityEpoch = setup.connections.writabilityEpoch;
    // A pool handles errors of idle clients only; without a listener this event would end the process.
    this.on('error', () => {});
    this.connection.on('end', () => setup.connections.remove(this));
    this.connection.on('parameterStatus', ({ parameterName, parameterValue }) => {
      this.#reported.set(parameterName, parameterValue);
    });
  }

  /** Whether the server is known to be read-only. */
  get isReadOnly(): boolean {
    if (this.#isPooled) return this.#isReadOnly;
    const isReported = (name: string) => this.#reported.get(name) === 'on';
    return this.#isReadOnly || isReported('in_hot_standby') || isReported('default_transaction_read_only');
  }

  override connect(): Promise<pg.Client>;
  override connect(callback: ((error: Error) => void) | ((error: null, client: pg.Client) => void)): void;
  override connect(callback?: (error: never, client: pg.Client) => void): Promise<pg.Client> | undefined {
    const opening = this.#open();
    if (!callback) return opening;
    const settle = callback as (error: Error | null, client: pg.Client) => void; // the pool's callback accepts both forms
    opening.then(
      () => settle(null, this),
      (error: Error) => settle(error, this),
    );
  }

  async #open(): Promise<pg.Client> {
    const { connections, servers } = this.#setup;
    try {
      await super.connect();
      connections.add(this);
      await this.#prepare();
      this.answeredAt = performance.now();
    } catch (error) {
      servers.skip(this.#server);
      this.destroy();
      throw this.#connectError(error);
    }
    return this;
  }

  #connectError(error: unknown): Error {
    if (this.#setup.takesOptions && /startup parameter/i.test(causeText(error))) {
      return new OptionsRefused(causeText(error), { cause: error });
    }
    if (error instanceof DatabaseUnavailable) return error;
    return this.#unavailable(error, 'not_applied');
  }

  #unavailable(cause: unknown, outcome: FailedOutcome): DatabaseUnavailable {
    const text = causeText(cause);
    const message = text.includes(this.#server.name) ? text : `${this.#server.name}: ${text}`;
    return new DatabaseUnavailable(message, outcome, cause);
  }

  /**
   * PostgreSQL reports at the session start whether it is writable. A pooler repeats what a server reported earlier, perhaps
   * before a failover, and takes clients though its server is away, so there it is queried.
   */
  async #prepare(): Promise<void> {
    const { settings, names, connectMs } = this.#setup;
    if (this.#isPooled || !this.#reported.has('in_hot_standby')) {
      const text = names === null ? `select ${IS_READ_ONLY} as read_only` : asStatement(settings);
      const limit = setTimeout(() => this.destroy(), connectMs);
      await this.#queryReadOnly(text).finally(() => clearTimeout(limit));
    }
    if (this.isReadOnly) throw new DatabaseUnavailable(`${this.#server.name} is read-only`, 'not_applied');
  }

  /** Startup options are refused by poolers only. */
  get #isPooled(): boolean {
    return !this.#setup.takesOptions || this.#setup.names === null;
  }

  async #queryReadOnly(text: string): Promise<void> {
    const { rows } = await super.query<{ read_only: boolean }>(text);
    this.#isReadOnly = rows[0]?.read_only ?? true;
  }

  /**
   * Checks a connection before its use: after any server became read-only, older connections are checked again.
   * @returns false when the connection must be discarded
   */
  async isUsable(): Promise<boolean> {
    if (this.#failure || this.isReadOnly) return false;
    const { writabilityEpoch } = this.#setup.connections;
    if (this.#writabilityEpoch === writabilityEpoch) return true;
    const limit = setTimeout(() => this.destroy(), CHECK_MAX_MS);
    try {
      await this.#queryReadOnly(`select ${IS_READ_ONLY} as read_only`);
    } catch {
      return false;
    } finally {
      clearTimeout(limit);
    }
    this.#writabilityEpoch = writabilityEpoch;
    return !this.#isReadOnly;
  }

  /** Closes the connection without notifying the server; the current statement fails. */
  destroy(): void {
    this.connection.stream.destroy();
  }

  /** Overrides the driver's hook for the startup options. */
  getStartupConf(): Startup {
    const defaults: unknown = Reflect.get(pg.Client.prototype, 'getStartupConf').call(this);
    const startup = defaults as Startup; // names and values of the startup packet
    if (!this.#setup.takesOptions || this.#setup.names === null) return startup;
    const options = [asStartupOptions(this.#setup.settings), startup['options'] ?? ''].join(' ').trim();
    return { ...startup, options };
  }

  // pg's signature has many overloads. Only the form that Kysely uses is changed; all others are passed through.
  override query(...args: unknown[]): never {
    const [text, values] = args;
    const isPlain = typeof text === 'string' && args.length <= 2 && typeof values !== 'function';
    const run = isPlain
      ? this.#run(text, values, this.#answerMs)
      : Reflect.apply(pg.Client.prototype.query, this, args);
    return run as never;
  }

  /** Runs a statement that must be answered within `answerMs`; otherwise the connection is destroyed. */
  async runWithin(answerMs: number, text: string, values?: unknown[]): Promise<pg.QueryResult> {
    return (await this.#run(text, values, answerMs)) as pg.QueryResult; // as pg's own `query` of this form
  }

  /** The server's own time limit applies first, so that a cancelled statement does not cost a connection. */
  get #answerMs(): number {
    const { statementMs } = this.#setup;
    return statementMs === 0 ? 0 : statementMs + ANSWER_MARGIN_MS;
  }

  /** Outside a transaction, a statement that collided with another one did nothing, and is sent again. */
  async #run(text: string, values: unknown, answerMs: number): Promise<unknown> {
    const isAlone = this.getTransactionStatus() === 'I';
    for (let tried = 1; ; tried++) {
      try {
        return await this.#runOnce(text, values, answerMs);
      } catch (error) {
        if (!isAlone || tried >= TRIES_MAX || !isCollision(error)) throw error;
        await pause(2 ** tried * COLLISION_PAUSE_MS * Math.random());
      }
    }
  }

  async #runOnce(text: string, values: unknown, answerMs: number): Promise<unknown> {
    if (this.#failure) throw this.#failure;
    const args = this.#setup.names?.queryOf(text, values) ?? [text, values];
    const outcome = this.#outcomeIfLost(text);
    const sentAt = performance.now();
    const abandon = () => void this.#abandon(sentAt, outcome);
    const limit = answerMs === 0 ? undefined : setTimeout(abandon, answerMs);
    this.#sentAt = sentAt;
    try {
      const result: unknown = await Reflect.apply(pg.Client.prototype.query, this, args);
      this.answeredAt = performance.now();
      return result;
    } catch (error) {
      throw this.#explain(error, outcome);
    } finally {
      this.#sentAt = null;
      clearTimeout(limit);
    }
  }

  /** A transaction has no effect before its commit. Outside a transaction, only reads are known to have no effect. */
  #outcomeIfLost(text: string): FailedOutcome {
    if (/^\s*commit\b/i.test(text)) return 'unknown';
    const isInTransaction = this.getTransactionStatus() !== 'I';
    return isInTransaction || LEAVES_NOTHING.test(text) ? 'not_applied' : 'unknown';
  }

  async #abandon(sentAt: number, outcome: FailedOutcome): Promise<void> {
    // After a stall of this process the answer may have arrived but not been read yet.
    await setImmediate();
    await setImmediate();
    if (this.#sentAt !== sentAt) return;
    const waitedMs = Math.round(performance.now() - sentAt);
    this.#failure = new DatabaseUnavailable(`${this.#server.name} did not answer within ${waitedMs} ms`, outcome);
    this.#setup.connections.away(this.#server.name, this.#failure);
    this.#setup.servers.skip(this.#server);
    this.#setup.connections.closeSilent(sentAt);
    this.destroy();
  }

  #explain(error: unknown, outcome: FailedOutcome): unknown {
    if (this.#failure) return this.#failure;
    if (!this.#isBroken(error)) {
      this.answeredAt = performance.now();
      if (codeOf(error) === READ_ONLY) this.#becameReadOnly(error);
      return error;
    }
    // Later statements of the transaction, such as its rollback, must report this first error.
    this.#failure = this.#unavailable(error, outcome);
    return this.#failure;
  }

  #isBroken(error: unknown): boolean {
    if (error instanceof pg.DatabaseError) return endsSession(error);
    // The driver's flags of an unusable connection; the driver's errors have no code.
    return (
      this.connection.stream.destroyed || !Reflect.get(this, '_queryable') || Reflect.get(this, '_ending') === true
    );
  }

  #becameReadOnly(error: unknown): void {
    this.#isReadOnly = true;
    const { connections, servers } = this.#setup;
    connections.away(this.#server.name, error);
    connections.recheckAll();
    servers.skip(this.#server);
  }
}
