import {
  type AgentOptions,
  type ClientRequest,
  type ClientRequestArgs,
  Agent as HttpAgent,
  request as httpRequest,
  type IncomingMessage,
} from 'node:http';
import type { Duplex } from 'node:stream';
import { type buildConnector, Dispatcher } from 'undici';

/** A site that sets many cookies or policies sends more than Node's default limit of 16 kB. */
const RESPONSE_HEADERS_MAX_BYTES = 256 * 1024;
const IDLE_MAX_MS = 10_000;

/**
 * An undici dispatcher that uses Node's HTTP client, on connections that the given connector opens. Undici's own client
 * refuses a response after an unrequested `100 Continue`, which PHP and some proxies send; Node's client skips every
 * 1xx. It follows no redirects.
 */
export class NodeDispatcher extends Dispatcher {
  readonly #agents: Readonly<Record<'reused' | 'single', Readonly<Record<string, ConnectorAgent>>>>;
  readonly #open = new Set<Exchange>();
  readonly #whenIdle: (() => void)[] = [];

  constructor(connect: buildConnector.connector) {
    super();
    const both = (options: AgentOptions) => ({
      'http:': new ConnectorAgent(connect, 'http:', options),
      'https:': new ConnectorAgent(connect, 'https:', options),
    });
    this.#agents = { reused: both({ keepAlive: true, timeout: IDLE_MAX_MS }), single: both({ keepAlive: false }) };
  }

  /** With `reset` the request gets a connection that no other request used before or uses afterwards. */
  override dispatch(options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): boolean {
    const send = (isSingle: boolean) => this.#request(options, isSingle);
    const exchange = new Exchange(send, handler, () => this.#ended(exchange));
    this.#open.add(exchange);
    exchange.start(options.reset ?? false);
    return true;
  }

  #request(options: Dispatcher.DispatchOptions, isSingle: boolean): ClientRequest {
    const url = new URL(String(options.origin));
    const agent = this.#agents[isSingle ? 'single' : 'reused'][url.protocol];
    if (!agent) throw new Error(`${url.protocol} cannot be called`);
    const request = httpRequest({
      agent,
      host: url.hostname.replace(/^\[|\]$/g, ''),
      port: url.port || agent.protocolPort,
      path: options.path,
      method: options.method,
      headers: headersOf(options, url),
      setHost: false,
      maxHeaderSize: RESPONSE_HEADERS_MAX_BYTES,
    });
    request.end(options.body);
    return request;
  }

  /** Waits until all requests have ended. */
  override async close(): Promise<void> {
    if (this.#open.size > 0) await new Promise<void>((resolve) => this.#whenIdle.push(resolve));
    this.#destroyAgents();
  }

  override async destroy(): Promise<void> {
    for (const exchange of this.#open) exchange.abort(new Error('the gateway is stopping'));
    this.#destroyAgents();
  }

  #ended(exchange: Exchange): void {
    this.#open.delete(exchange);
    if (this.#open.size === 0) for (const resolve of this.#whenIdle.splice(0)) resolve();
  }

  #destroyAgents(): void {
    for (const agents of Object.values(this.#agents)) for (const agent of Object.values(agents)) agent.destroy();
  }
}

/** The pool of connections of one protocol; the connector opens them. */
class ConnectorAgent extends HttpAgent {
  readonly #connect: buildConnector.connector;
  readonly #protocol: 'http:' | 'https:';

  constructor(connect: buildConnector.connector, protocol: 'http:' | 'https:', options: AgentOptions) {
    super(options);
    this.#connect = connect;
    this.#protocol = protocol;
  }

  get protocolPort(): string {
    return this.#protocol === 'https:' ? '443' : '80';
  }

  override createConnection(
    { host, port }: ClientRequestArgs,
    callback?: (error: Error | null, stream: Duplex) => void,
  ): null {
    const hostname = host ?? '';
    const wanted = { hostname, host: hostname, protocol: this.#protocol, port: String(port) };
    this.#connect(wanted, (...[error, socket]) => {
      // Node reads the stream only when there is no error, which its type does not say.
      if (error) (callback as ((error: Error) => void) | undefined)?.(error);
      else callback?.(null, socket);
    });
    return null;
  }
}

function headersOf({ headers, body }: Dispatcher.DispatchOptions, url: URL): Record<string, string> {
  const pairs = headers && typeof headers === 'object' ? Object.entries(headers) : [];
  const length = typeof body === 'string' ? { 'content-length': String(Buffer.byteLength(body)) } : {};
  return { host: url.host, ...Object.fromEntries(pairs.map(([name, value]) => [name, String(value)])), ...length };
}

/** A server may close a reused connection while a request is on its way; this long afterwards it cannot be that. */
const CLOSING_MAX_MS = 1000;

/**
 * One request: reports to undici's handler, its end or its error exactly once, and obeys the handler's pause and abort.
 * An abort ends it at once, even while the connection is being opened, which Node's request would wait for.
 */
class Exchange implements Dispatcher.DispatchController {
  readonly #send: (isSingle: boolean) => ClientRequest;
  readonly #handler: Dispatcher.DispatchHandler;
  readonly #onOver: () => void;
  #request: ClientRequest | null = null;
  #response: IncomingMessage | null = null;
  #brokenAfterBody: Error | null = null;
  #isOver = false;
  reason: Error | null = null;

  constructor(send: (isSingle: boolean) => ClientRequest, handler: Dispatcher.DispatchHandler, onOver: () => void) {
    this.#send = send;
    this.#handler = handler;
    this.#onOver = onOver;
  }

  start(isSingle: boolean): void {
    this.#handler.onRequestStart?.(this, {});
    if (!this.#isOver) this.#try(isSingle);
  }

  #try(isSingle: boolean): void {
    const request = this.#send(isSingle);
    const sentAt = performance.now();
    this.#request = request;
    request.on('response', (response) => this.#relay(response));
    request.on('error', (error) => {
      // Once a response has begun, its own events report the end. Only bytes beyond its length are reported here.
      if (this.#response) this.#brokenAfterBody = error;
      // A server may close a reused connection just as a request is sent on it. The request is then sent once more.
      else if (request.reusedSocket && this.reason === null && performance.now() - sentAt < CLOSING_MAX_MS)
        this.#try(true);
      else this.#fail(error);
    });
    request.on('close', () => {
      if (!this.#response && this.#request === request) this.#fail(new Error('the connection was closed'));
    });
  }

  get aborted(): boolean {
    return this.reason !== null;
  }

  get paused(): boolean {
    return this.#response?.isPaused() ?? false;
  }

  abort(reason: Error): void {
    this.reason ??= reason;
    this.#request?.destroy(reason);
    this.#fail(reason);
  }

  pause(): void {
    this.#response?.pause();
  }

  resume(): void {
    this.#response?.resume();
  }

  #relay(response: IncomingMessage): void {
    this.#response = response;
    const { statusCode = 0, headers, statusMessage } = response;
    this.#handler.onResponseStart?.(this, statusCode, headers, statusMessage);
    response.on('data', (chunk: Buffer) => {
      if (!this.#isOver) this.#handler.onResponseData?.(this, chunk);
    });
    response.on('error', (error) => this.#fail(error));
    response.on('end', () => (this.#brokenAfterBody ? this.#fail(this.#brokenAfterBody) : this.#end()));
    response.on('close', () => this.#fail(new Error('the connection was closed')));
  }

  #end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#handler.onResponseEnd?.(this, {});
    this.#onOver();
  }

  #fail(error: Error): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#handler.onResponseError?.(this, error);
    this.#onOver();
  }
}
