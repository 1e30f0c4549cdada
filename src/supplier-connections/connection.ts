import { later, MINUTE_MS, msBetween, SECOND_MS } from '../core/clock.ts';
import type { Deps } from '../deps.ts';
import { isSupplierPaused } from '../freezes/freezes.ts';
import type { ConnectionAbility, ConnectionEnd, Hint, Supplier } from '../suppliers/supplier.ts';
import { logFailure } from '../work/failure-log.ts';
import type { NodeNews } from '../work/node-news.ts';
import { type Seen, Watch } from '../work/watch.ts';
import { HintInbox } from './hint-inbox.ts';
import { claimLease, LEASE_MS, RENEW_EVERY_MS, releaseLease, renewLease } from './lease.ts';

/**
 * How soon a node checks whether it should connect, and whether it still may, after something was written, such as a pause of
 * the account; and at the latest.
 */
const CHECK = { everyMs: 2 * SECOND_MS, restMs: RENEW_EVERY_MS };
/** The pause after a connection that failed. Each that follows is twice as long, and a fifth shorter or longer. */
const PAUSE_MIN_MS = SECOND_MS;
const PAUSE_MAX_MS = 5 * MINUTE_MS;
const JITTER = 0.2;
/** After a connection of this length the pauses are short again. */
const STABLE_MS = MINUTE_MS;

export type ConnectionDeps = Pick<Deps, 'db' | 'clock' | 'log' | 'metrics' | 'signals'> & {
  readonly news: NodeNews;
  /** For renewals. */
  readonly quietDb: Deps['db'];
};
export type WithConnection = Supplier & { readonly connection: ConnectionAbility };

export function hasConnection(supplier: Supplier): supplier is WithConnection {
  return supplier.connection !== null;
}

/** A connection that this node holds or is opening. */
interface Held {
  readonly leaseId: string;
  readonly stopping: AbortController;
  /** In the time of `performance.now()`, as a process whose clock is changed must not hold on for longer. */
  renewedAt: number;
  /** Leaves the connection when the lease may have expired, whatever else this process waits for. */
  expiry: NodeJS.Timeout;
  openedAt: number | null;
}

/**
 * The connection over which one supplier pushes, as this node sees it. While the node has the lease of the supplier, it keeps
 * the connection open; without it, it tries to get the lease. Whatever is pushed only makes orders due to be read.
 */
export class SupplierConnection {
  readonly #deps: ConnectionDeps;
  readonly #supplier: WithConnection;
  readonly #inbox: HintInbox;
  readonly #watch: Watch;
  #held: Held | null = null;
  /** Resolves when the latest connection has ended and its lease is released. */
  #ended: Promise<void> = Promise.resolve();
  #failures = 0;
  #retryAt: Date | null = null;
  /** What was last logged: each state is logged when it begins. */
  #logged: 'nothing' | 'connected' | 'failing' | 'misconfigured' | 'balance' = 'nothing';

  constructor(deps: ConnectionDeps, supplier: WithConnection) {
    this.#deps = deps;
    this.#supplier = supplier;
    this.#inbox = new HintInbox(deps, supplier.id);
    const times = deps.news.isComplete ? CHECK : { ...CHECK, restMs: CHECK.everyMs };
    this.#watch = new Watch(`connection of ${supplier.id}`, () => this.#check(), times, deps);
    deps.news.on('written', () => this.#watch.notice());
    deps.metrics.supplierConnected.set({ supplier: supplier.id }, 0);
  }

  start(): void {
    this.#watch.start();
  }

  /** Checks now, after the clock was moved. */
  wake(): void {
    this.#watch.wake();
  }

  /** Ends the connection at once, and lets another node connect. */
  async stop(): Promise<void> {
    this.#held?.stopping.abort();
    await this.#watch.stop();
    // The check that was under way may have connected.
    this.#held?.stopping.abort();
    await this.#ended;
    await this.#inbox.empty().catch(() => {}); // polling reads what it names
  }

  async #check(): Promise<Seen> {
    const isPaused = await isSupplierPaused(this.#deps.db, this.#supplier.id);
    if (this.#held) await this.#keep(this.#held, isPaused);
    else if (!isPaused && this.#mayTry()) await this.#connect();
    await this.#inbox.empty();
    return { isDue: false, nextAt: this.#held ? null : this.#retryAt };
  }

  async #keep(held: Held, isPaused: boolean): Promise<void> {
    if (isPaused) return this.#leave(held, 'The connection of a supplier was closed, because its account is paused.');
    if (performance.now() - held.renewedAt < RENEW_EVERY_MS) return;
    const askedAt = performance.now();
    if (!(await renewLease({ ...this.#deps, db: this.#deps.quietDb }, this.#supplier.id, held.leaseId)))
      return this.#leave(held, 'The connection of a supplier was closed, because another node holds it now.');
    held.renewedAt = askedAt;
    clearTimeout(held.expiry);
    held.expiry = this.#expiryOf(held.stopping, askedAt);
  }

  async #leave(held: Held, message: string): Promise<void> {
    const wasOpen = held.openedAt !== null;
    held.stopping.abort();
    await this.#ended;
    if (wasOpen) this.#deps.log.info({ supplier: this.#supplier.id }, message);
  }

  #mayTry(): boolean {
    if (this.#retryAt === null) return true;
    const waitMs = msBetween(this.#deps.clock.now(), this.#retryAt);
    // A time that is too far ahead was chosen before the clock was set back.
    return waitMs <= 0 || waitMs > PAUSE_MAX_MS * (1 + JITTER);
  }

  async #connect(): Promise<void> {
    const askedAt = performance.now();
    const leaseId = await claimLease(this.#deps, this.#supplier.id);
    if (leaseId === null) return;
    const stopping = new AbortController();
    const expiry = this.#expiryOf(stopping, askedAt);
    const held: Held = { leaseId, stopping, renewedAt: askedAt, expiry, openedAt: null };
    this.#held = held;
    this.#ended = this.#hold(held);
  }

  #expiryOf(stopping: AbortController, since: number): NodeJS.Timeout {
    return setTimeout(() => stopping.abort(), since + LEASE_MS - performance.now());
  }

  /** Never rejects. */
  async #hold(held: Held): Promise<void> {
    const { connection, id } = this.#supplier;
    const listener = { onOpen: () => this.#onOpen(held), onHint: (hint: Hint) => this.#onHint(held, hint) };
    const end = await connection
      .hold(listener, held.stopping.signal)
      .catch((): ConnectionEnd => ({ cause: 'the adapter failed' }));
    clearTimeout(held.expiry);
    this.#held = null;
    this.#deps.metrics.supplierConnected.set({ supplier: id }, 0);
    if (held.stopping.signal.aborted) this.#logged = 'nothing';
    else this.#onFailure(held, end);
    await releaseLease(this.#deps, id, held.leaseId).catch((error: unknown) =>
      logFailure(
        this.#deps.log,
        error,
        { supplier: id },
        'Failed to release a connection. Another node waits for its lease.',
      ),
    );
  }

  #onOpen(held: Held): void {
    const { log, metrics } = this.#deps;
    if (held.stopping.signal.aborted) return;
    held.openedAt = performance.now();
    metrics.supplierConnected.set({ supplier: this.#supplier.id }, 1);
    if (this.#logged !== 'connected')
      log.info({ supplier: this.#supplier.id }, 'The connection of a supplier is open.');
    this.#logged = 'connected';
    // What was pushed before is lost, and an old order is polled only once an hour.
    this.#receive('unnamed');
  }

  #onHint(held: Held, hint: Hint): void {
    if (held.stopping.signal.aborted) return;
    this.#deps.metrics.supplierHints.inc({ supplier: this.#supplier.id });
    this.#receive(hint);
  }

  #receive(hint: Hint): void {
    this.#inbox.add(hint);
    this.#inbox.empty().catch(() => {}); // the next check empties it, and says why that fails
  }

  #onFailure({ openedAt }: Held, { cause, fault }: ConnectionEnd): void {
    const { clock, log } = this.#deps;
    const wasStable = openedAt !== null && performance.now() - openedAt >= STABLE_MS;
    this.#failures = wasStable ? 0 : this.#failures;
    const pauseMs = Math.min(PAUSE_MIN_MS * 2 ** Math.min(this.#failures, 20), PAUSE_MAX_MS);
    this.#retryAt = later(clock.now(), pauseMs * (1 - JITTER + 2 * JITTER * Math.random()));
    this.#failures++;
    const state = fault ?? 'failing';
    if (this.#logged !== state)
      log.warn(
        { supplier: this.#supplier.id, cause, ...(fault ? { fault } : {}) },
        'A supplier is not connected, so that its orders are only polled. It is tried again with growing pauses.',
      );
    this.#logged = state;
  }
}
