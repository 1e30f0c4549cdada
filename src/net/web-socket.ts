import type { Socket } from 'node:net';
import { Agent, buildConnector, WebSocket } from 'undici';

export interface WebSocketOptions {
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** How long it may take until its user calls `ready`. */
  readonly openMs: number;
  /** Ends it at once. */
  readonly signal: AbortSignal;
}

export interface WebSocketUser {
  onOpen(socket: HeldWebSocket): void;
  onText(text: string, socket: HeldWebSocket): void;
}

/** Why a WebSocket has ended. `cause` contains nothing that the server has sent, and not the URL. */
export interface WebSocketEnd {
  readonly cause: string;
  /** The code with which the server closed it. */
  readonly code?: number;
}

const MESSAGE_BYTES_MAX = 1024 * 1024;
/** With this code a connection has ended that was not closed. */
const BROKEN = 1006;

/** Opens a WebSocket, and resolves when it has ended. It never throws. */
export function holdWebSocket(options: WebSocketOptions, user: WebSocketUser): Promise<WebSocketEnd> {
  if (options.signal.aborted) return Promise.resolve({ cause: ENDED_BY_CALLER });
  return new HeldWebSocket(options, user).ended;
}

const ENDED_BY_CALLER = 'nobody needs the connection any more';

/** A WebSocket from its opening to its end. It has a connection of its own, which does not outlive it. */
export class HeldWebSocket {
  readonly #ended = Promise.withResolvers<WebSocketEnd>();
  readonly #agent: Agent;
  readonly #socket: WebSocket;
  readonly #stop: () => void;
  #transport: Socket | null = null;
  #timer: NodeJS.Timeout;
  #hasEnded = false;

  constructor({ url, headers = {}, openMs, signal }: WebSocketOptions, user: WebSocketUser) {
    const connect = buildConnector({ allowH2: false, timeout: openMs });
    this.#agent = new Agent({
      connect: (wanted, callback) =>
        connect(wanted, (...answer) => {
          this.#transport = answer[1];
          callback(...answer);
        }),
      webSocket: { maxPayloadSize: MESSAGE_BYTES_MAX },
    });
    this.#timer = setTimeout(() => this.end(`no connection within ${openMs} ms`), openMs);
    this.#stop = () => this.end(ENDED_BY_CALLER);
    signal.addEventListener('abort', this.#stop, { once: true });
    this.#ended.promise.finally(() => signal.removeEventListener('abort', this.#stop));
    this.#socket = new WebSocket(url, { dispatcher: this.#agent, headers });
    this.#socket.addEventListener('open', () => this.#tell(() => user.onOpen(this)));
    this.#socket.addEventListener('message', ({ data }) => {
      if (this.#hasEnded) return;
      this.#timer.refresh();
      if (typeof data === 'string') this.#tell(() => user.onText(data, this));
    });
    this.#socket.addEventListener('close', ({ code }) =>
      this.#end(code === BROKEN ? { cause: 'the connection failed' } : { cause: `closed with code ${code}`, code }),
    );
  }

  get ended(): Promise<WebSocketEnd> {
    return this.#ended.promise;
  }

  send(text: string): void {
    if (!this.#hasEnded) this.#socket.send(text);
  }

  /** From now on only a silence of this length ends it. */
  ready(silenceMaxMs: number): void {
    if (this.#hasEnded) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.end(`no message for ${silenceMaxMs} ms`), silenceMaxMs);
  }

  end(cause: string): void {
    this.#end({ cause });
  }

  /** An error that left an event's listener would end the process. */
  #tell(tell: () => void): void {
    try {
      tell();
    } catch {
      this.end('a message could not be processed');
    }
  }

  #end(end: WebSocketEnd): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    clearTimeout(this.#timer);
    this.#ended.resolve(end);
    this.#socket.close();
    // A server that is gone would never answer the closing.
    this.#transport?.destroySoon();
    this.#agent.destroy().catch(() => {}); // nothing of it is used any more
  }
}
