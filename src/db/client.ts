import { setImmediate } from 'node:timers/promises';
import pg from 'pg';
import type { Connections } from './connections.ts';
import type { Server, Servers } from './database-url.ts';
import { causeText, codeOf, DatabaseUnavailable, endsSession, type FailedOutcome, READ_ONLY } from './failure.ts';
import type { StatementNames } from './prepared.ts';
import { asStartupOptions, asStatement, TAKES_NO_WRITES } from './session.ts';

/** How the connections of one pool are made. */
export interface ClientSetup {
  readonly servers: Servers;
  readonly connections: Connections;
  readonly connectMs: number;
  /** A statement without an answer for this long has its connection destroyed; 0: never. */
  readonly statementMs: number;
  readonly settings: Readonly<Record<string, string>>;
  /** null: nothing is prepared, and sessions are left as they are, since a transaction pooler shares them. */
  readonly names: StatementNames | null;
  readonly types?: pg.CustomTypesConfig | undefined;
  /** Whether settings may be sent with the start of a session; a pooler may refuse that. */
  takesOptions: boolean;
}

const KEEPALIVE_AFTER_MS = 10_000;
const ANSWER_MARGIN_MS = 1000;
const CHECK_MAX_MS = 3000;
/** Statements that change nothing when they are alone. */
const LEAVES_NOTHING = /^\s*((select|show|listen)\b|(begin|rollback|start transaction[^;]*)\s*;?\s*$)/i;

type Startup = Record<string, string>;

/** A pooler refuses what it does not know of a session's start. */
export class OptionsRefused extends Error {}

/**
 * One connection to a server that takes writes. It is set up in the same way whatever the database's own settings are,
 * gives up a statement that gets no answer together with itself, and tells failures of the database by one class.
 * Its breaking is no event of its own: it fails the statement under way, or the next one.
 */
export class GatewayClient extends pg.Client {
  readonly #setup: ClientSetup;
  readonly #server: Server;
  readonly #reported = new Map<string, string>();
  #failure: DatabaseUnavailable | null = null;
  #sentAt: number | null = null;
  #isReadOnly = false;
  #doubts: number;
  /** When the server was last heard here, by `performance.now()`. */
  heardAt = performance.now();

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
    this.#doubts = setup.connections.doubts;
    // A pool listens to its idle clients only; unheard, this event would end the process.
    this.on('error', () => {});
    this.connection.on('end', () => setup.connections.remove(this));
    this.connection.on('parameterStatus', ({ parameterName, parameterValue }) => {
      this.#reported.set(parameterName, parameterValue);
    });
  }

  /** Whether the server is known to take no writes. */
  get isReadOnly(): boolean {
    const isReported = (name: string) => this.#reported.get(name) === 'on';
    return this.#isReadOnly || isReported('in_hot_standby') || isReported('default_transaction_read_only');
  }

  override connect(): Promise<pg.Client>;
  override connect(callback: ((error: Error) => void) | ((error: null, client: pg.Client) => void)): void;
  override connect(callback?: (error: never, client: pg.Client) => void): Promise<pg.Client> | undefined {
    const opening = this.#open();
    if (!callback) return opening;
    const tell = callback as (error: Error | null, client: pg.Client) => void; // the pool's, which takes both forms
    opening.then(
      () => tell(null, this),
      (error: Error) => tell(error, this),
    );
  }

  async #open(): Promise<pg.Client> {
    const { connections, servers } = this.#setup;
    try {
      await super.connect();
      connections.add(this);
      await this.#prepare();
      this.heardAt = performance.now();
    } catch (error) {
      servers.leave(this.#server);
      this.destroy();
      throw this.#refusal(error);
    }
    return this;
  }

  #refusal(error: unknown): Error {
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

  /** PostgreSQL says with a session's start whether it takes writes; a pooler does not, and is asked. */
  async #prepare(): Promise<void> {
    const { settings, names } = this.#setup;
    const isSetUp = this.#setup.takesOptions || names === null;
    if (!this.#reported.has('in_hot_standby') || !isSetUp) {
      const text = names === null ? `select ${TAKES_NO_WRITES} as read_only` : asStatement(settings);
      await this.#askIfReadOnly(text);
    }
    if (this.isReadOnly) throw new DatabaseUnavailable(`${this.#server.name} takes no writes`, 'not_applied');
  }

  async #askIfReadOnly(text: string): Promise<void> {
    const { rows } = await super.query<{ read_only: boolean }>(text);
    this.#isReadOnly = rows[0]?.read_only ?? true;
  }

  /**
   * Looks at a connection before it is used: one that was open when a server stopped taking writes is asked again.
   * @returns false: throw it away
   */
  async isUsable(): Promise<boolean> {
    if (this.#failure || this.isReadOnly) return false;
    const { doubts } = this.#setup.connections;
    if (this.#doubts === doubts) return true;
    const limit = setTimeout(() => this.destroy(), CHECK_MAX_MS);
    try {
      await this.#askIfReadOnly(`select ${TAKES_NO_WRITES} as read_only`);
    } catch {
      return false;
    } finally {
      clearTimeout(limit);
    }
    this.#doubts = doubts;
    return !this.#isReadOnly;
  }

  /** Closes the connection without a word to the server; the statement under way fails. */
  destroy(): void {
    this.connection.stream.destroy();
  }

  /** The driver's own hook for what a session starts with. */
  getStartupConf(): Startup {
    const usual: unknown = Reflect.get(pg.Client.prototype, 'getStartupConf').call(this);
    const startup = usual as Startup; // names and values of the start packet
    if (!this.#setup.takesOptions || this.#setup.names === null) return startup;
    const options = [asStartupOptions(this.#setup.settings), startup['options'] ?? ''].join(' ').trim();
    return { ...startup, options };
  }

  // pg's own signature is a stack of overloads; only the form that Kysely uses is changed, all others pass through.
  override query(...args: unknown[]): never {
    const [text, values] = args;
    const isPlain = typeof text === 'string' && args.length <= 2 && typeof values !== 'function';
    const run = isPlain
      ? this.#run(text, values, this.#answerMs)
      : Reflect.apply(pg.Client.prototype.query, this, args);
    return run as never;
  }

  /** Runs one statement that a server which is there answers within `answerMs`; else the connection is given up. */
  async ask(text: string, answerMs: number): Promise<void> {
    await this.#run(text, undefined, answerMs);
  }

  /** The server's own limit comes first: a statement that it cancels costs no connection. */
  get #answerMs(): number {
    const { statementMs } = this.#setup;
    return statementMs === 0 ? 0 : statementMs + ANSWER_MARGIN_MS;
  }

  async #run(text: string, values: unknown, answerMs: number): Promise<unknown> {
    if (this.#failure) throw this.#failure;
    const outcome = this.#outcomeIfLost(text);
    const sentAt = performance.now();
    const giveUp = () => void this.#giveUp(sentAt, outcome);
    const limit = answerMs === 0 ? undefined : setTimeout(giveUp, answerMs);
    this.#sentAt = sentAt;
    try {
      const result: unknown = await Reflect.apply(pg.Client.prototype.query, this, this.#named(text, values));
      this.heardAt = performance.now();
      return result;
    } catch (error) {
      throw this.#explain(error, outcome);
    } finally {
      this.#sentAt = null;
      clearTimeout(limit);
    }
  }

  #named(text: string, values: unknown): unknown[] {
    const { names } = this.#setup;
    const name = names && Array.isArray(values) && values.length > 0 ? names.nameOf(text) : undefined;
    return name === undefined ? [text, values] : [{ name, text, values }];
  }

  /** Within a transaction nothing counts before its commit; alone, only what reads is known to leave nothing behind. */
  #outcomeIfLost(text: string): FailedOutcome {
    if (/^\s*commit\b/i.test(text)) return 'unknown';
    const isInTransaction = this.getTransactionStatus() !== 'I';
    return isInTransaction || LEAVES_NOTHING.test(text) ? 'not_applied' : 'unknown';
  }

  async #giveUp(sentAt: number, outcome: FailedOutcome): Promise<void> {
    // After a long stall of this process the answer may be here already, unread.
    await setImmediate();
    await setImmediate();
    if (this.#sentAt !== sentAt) return;
    const waitedMs = Math.round(performance.now() - sentAt);
    this.#failure = new DatabaseUnavailable(`${this.#server.name} gave no answer within ${waitedMs} ms`, outcome);
    this.#setup.connections.away(this.#server.name, this.#failure);
    this.#setup.servers.leave(this.#server);
    this.#setup.connections.closeSilent(sentAt);
    this.destroy();
  }

  #explain(error: unknown, outcome: FailedOutcome): unknown {
    if (this.#failure) return this.#failure;
    if (!this.#isBroken(error)) {
      this.heardAt = performance.now();
      if (codeOf(error) === READ_ONLY) this.#becameReadOnly(error);
      return error;
    }
    // What a transaction sends after this, above all its rollback, must not hide why and how it failed.
    this.#failure = this.#unavailable(error, outcome);
    return this.#failure;
  }

  #isBroken(error: unknown): boolean {
    if (error instanceof pg.DatabaseError) return endsSession(error);
    // The driver's own marks of a connection that can carry nothing more; its errors have no code.
    return (
      this.connection.stream.destroyed || !Reflect.get(this, '_queryable') || Reflect.get(this, '_ending') === true
    );
  }

  #becameReadOnly(error: unknown): void {
    this.#isReadOnly = true;
    const { connections, servers } = this.#setup;
    connections.away(this.#server.name, error);
    connections.doubtAll();
    servers.leave(this.#server);
  }
}
