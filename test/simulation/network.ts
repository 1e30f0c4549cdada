import { Dispatcher } from 'undici';
import type { Faults } from './faults.ts';
import { never } from './gated-database.ts';
import type { Scheduler, SimProcess } from './scheduler.ts';
import type { StillClock } from './still-clock.ts';
import type { Trace } from './trace.ts';

export interface Message {
  readonly method: 'GET' | 'POST';
  /** Path and query. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
}

export interface Reply {
  readonly status: number;
  readonly body: string;
}

/** Whoever answers at an origin. It is asked once for each time that a message arrives. */
export interface Host {
  /** How long a caller waits that does not say it. */
  readonly timeoutMs: number;
  /** For the trace: what is asked, in few words. */
  nameOf(message: Message): string;
  /**
   * A call begins, and whatever comes of it, it is over at the latest when the returned function is called.
   * @param timeoutMs how long its caller waits
   */
  began(message: Message, timeoutMs: number): () => void;
  answer(message: Message): Promise<Reply>;
}

export interface SharedNetwork {
  readonly scheduler: Scheduler;
  readonly faults: Faults;
  readonly clock: StillClock;
  readonly trace: Trace;
  readonly hosts: ReadonlyMap<string, Host>;
}

/** A message leaves, and a late one arrives, within this: marketplaces promise a look-up that is true after a minute. */
const SENT_WITHIN_MS = 15_000;
const LATE_WITHIN_MS = 30_000;

class NoAnswer extends Error {}

/** A call as its caller sees it. */
interface Call {
  readonly name: string;
  readonly timeoutMs: number;
}

/**
 * One process's way out, under the real HTTP client: each call is a step when it arrives and a step when it is
 * answered. It may be lost on the way there or back, come late, or arrive twice; the process can die at each step.
 */
export class SimNetwork extends Dispatcher {
  readonly #shared: SharedNetwork;
  readonly #process: SimProcess;
  readonly #isInTransaction: () => boolean;

  constructor(shared: SharedNetwork, process: SimProcess, isInTransaction: () => boolean) {
    super();
    this.#shared = shared;
    this.#process = process;
    this.#isInTransaction = isInTransaction;
  }

  override dispatch(options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): boolean {
    const host = this.#shared.hosts.get(String(options.origin));
    if (!host) throw new Error(`nobody is at ${options.origin}`);
    const controller = controllerOf();
    handler.onRequestStart?.(controller, {});
    this.#carry(host, messageOf(options), options.headersTimeout ?? host.timeoutMs).then(
      ({ status, body }) => {
        handler.onResponseStart?.(controller, status, { 'content-type': 'application/json' }, '');
        handler.onResponseData?.(controller, Buffer.from(body));
        handler.onResponseEnd?.(controller, {});
      },
      (error: Error) => handler.onResponseError?.(controller, error),
    );
    return true;
  }

  override close(): Promise<void> {
    return Promise.resolve();
  }

  /** @throws NoAnswer at the time-out */
  async #carry(host: Host, message: Message, timeoutMs: number): Promise<Reply> {
    const { scheduler, clock } = this.#shared;
    const name = host.nameOf(message);
    if (this.#isInTransaction()) scheduler.fail(new Error(`${name} was asked inside a transaction`));
    const calledAtMs = clock.nowMs;
    const giveUpAtMs = calledAtMs + timeoutMs;
    const over = this.#began(host, message, timeoutMs);
    const reply = await this.#exchange(host, message, { name, timeoutMs });
    over();
    if (reply && clock.nowMs < giveUpAtMs) return reply;
    await scheduler.gate(this.#process, `gives up on ${name}`, { notBeforeMs: giveUpAtMs });
    throw new NoAnswer('no answer');
  }

  /** @returns null when no answer comes in time */
  async #exchange(host: Host, message: Message, { name, timeoutMs }: Call): Promise<Reply | null> {
    const { scheduler, faults, clock } = this.#shared;
    await scheduler.gate(this.#process, `sends ${name}`, { atLatestMs: clock.nowMs + SENT_WITHIN_MS });
    await this.#mayDie('died before a call');
    if (faults.strikes('request lost')) return null;
    if (faults.strikes('request delivered late')) {
      this.#arriveLater(host, message, name);
      return null;
    }
    let reply = await this.#arrive(host, message);
    if (faults.strikes('request doubled')) this.#arriveLater(host, message, name);
    if (faults.strikes('request repeated by a proxy')) reply = await this.#arrive(host, message);
    await this.#mayDie('died during a call');
    if (faults.strikes('answer lost')) return null;
    if (faults.strikes('answer late')) {
      await scheduler.gate(this.#process, `too late, the answer to ${name}`, {
        notBeforeMs: clock.nowMs + timeoutMs,
      });
      return reply;
    }
    await scheduler.gate(this.#process, `hears ${reply.status} to ${name}`);
    await this.#mayDie('died after a call');
    return reply;
  }

  /** On its own, whatever becomes of the process that sent it; nobody hears the answer. */
  #arriveLater(host: Host, message: Message, name: string): void {
    const { scheduler, clock } = this.#shared;
    const gate = scheduler.gate(null, `delivers ${name} again or late`, { atLatestMs: clock.nowMs + LATE_WITHIN_MS });
    void gate.then(() => this.#arrive(host, message));
  }

  async #arrive(host: Host, message: Message): Promise<Reply> {
    const { scheduler, trace } = this.#shared;
    try {
      const reply = await scheduler.working(() => host.answer(message));
      trace.line(`  ${host.nameOf(message)} → ${reply.status} ${reply.body.slice(0, 200)}`);
      return reply;
    } catch (error) {
      scheduler.fail(error);
      return { status: 500, body: '' };
    }
  }

  /** What a host has against a call is a fault of the gateway's, not of the network's. */
  #began(host: Host, message: Message, timeoutMs: number): () => void {
    try {
      return host.began(message, timeoutMs);
    } catch (error) {
      this.#shared.scheduler.fail(error);
      return () => {};
    }
  }

  async #mayDie(fault: 'died before a call' | 'died during a call' | 'died after a call'): Promise<void> {
    if (!this.#shared.faults.strikes(fault)) return;
    this.#shared.scheduler.kill(this.#process);
    await never();
  }
}

function messageOf({ method, path, body, headers, query }: Dispatcher.DispatchOptions): Message {
  const search = query ? `?${new URLSearchParams(Object.entries(query))}` : '';
  const pairs = headers && typeof headers === 'object' ? Object.entries(headers) : [];
  return {
    method: method === 'POST' ? 'POST' : 'GET',
    url: `${path}${search}`,
    headers: Object.fromEntries(pairs.map(([name, value]) => [name, String(value)])),
    body: typeof body === 'string' ? body : null,
  };
}

/** Nothing is ever paused or aborted: a whole answer comes at once, and time-outs are the network's own. */
function controllerOf(): Dispatcher.DispatchController {
  const nothing = () => {};
  return {
    aborted: false,
    paused: false,
    reason: null,
    rawHeaders: [],
    abort: nothing,
    pause: nothing,
    resume: nothing,
  };
}
