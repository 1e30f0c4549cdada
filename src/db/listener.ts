import { type ClientSetup, GatewayClient } from './client.ts';
import { DatabaseUnavailable } from './failure.ts';

/** How often a listening connection is checked, because it detects a broken connection only by a query. */
const HEARTBEAT_EVERY_MS = 5000;
const HEARTBEAT_ANSWER_MS = 4000;

/**
 * A listening connection. It is not part of a pool and ends when it breaks; the caller handles `end` and opens another one.
 */
export class ListeningClient extends GatewayClient {
  #heartbeat: NodeJS.Timeout | undefined;

  static async open(setup: ClientSetup): Promise<ListeningClient> {
    for (let triesLeft = setup.servers.all.length; ; triesLeft--) {
      const client = new ListeningClient(setup);
      try {
        await client.connect();
        return client.#keptAlive();
      } catch (error) {
        if (triesLeft <= 1 || !(error instanceof DatabaseUnavailable)) throw error;
      }
    }
  }

  #keptAlive(): this {
    this.#heartbeat = setInterval(() => {
      this.runWithin(HEARTBEAT_ANSWER_MS, 'select 1').catch(() => this.destroy());
    }, HEARTBEAT_EVERY_MS).unref();
    this.connection.once('end', () => clearInterval(this.#heartbeat));
    return this;
  }
}

export interface Subscription {
  close(): Promise<void>;
}

const RECONNECT_MIN_MS = 500;
const RECONNECT_MAX_MS = 5000;

/**
 * Listens to one channel until it is closed, and reconnects when necessary.
 * @param onConnected called after each connect; earlier notifications were missed
 */
export function subscribe(
  setup: ClientSetup,
  channel: string,
  onNotification: (payload: string) => void,
  onConnected: () => void,
): Subscription {
  return new ChannelSubscription(setup, channel, onNotification, onConnected);
}

class ChannelSubscription implements Subscription {
  readonly #setup: ClientSetup;
  readonly #channel: string;
  readonly #onNotification: (payload: string) => void;
  readonly #onConnected: () => void;
  #client: ListeningClient | null = null;
  #timer: NodeJS.Timeout | undefined;
  #failures = 0;
  #isClosed = false;

  constructor(setup: ClientSetup, channel: string, onNotification: (payload: string) => void, onConnected: () => void) {
    this.#setup = setup;
    this.#channel = channel;
    this.#onNotification = onNotification;
    this.#onConnected = onConnected;
    void this.#listen();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    await this.#client?.end().catch(() => {}); // the connection may be broken already
  }

  async #listen(): Promise<void> {
    try {
      const client = await ListeningClient.open(this.#setup);
      this.#client = client;
      if (this.#isClosed) return await client.end();
      client.on('notification', ({ payload }) => this.#onNotification(payload ?? ''));
      client.once('end', () => this.#reconnect());
      await client.runWithin(HEARTBEAT_ANSWER_MS, `listen "${this.#channel}"`);
      this.#failures = 0;
      this.#onConnected();
    } catch {
      // The pool logs an unavailable database; polling continues meanwhile.
      if (this.#client) this.#client.destroy();
      else this.#reconnect();
    }
  }

  #reconnect(): void {
    this.#client = null;
    if (this.#isClosed) return;
    const pauseMs = Math.min(RECONNECT_MAX_MS, RECONNECT_MIN_MS * 2 ** this.#failures++);
    this.#timer = setTimeout(() => void this.#listen(), pauseMs).unref();
  }
}
