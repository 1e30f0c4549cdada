import { createServer, type Server } from 'node:http';
import type { Socket } from 'node:net';
import type { Config } from '../config/config.ts';
import { errors } from '../core/errors.ts';
import type { App } from '../http/app-type.ts';

/** For operators only. */
const ADMIN_PATHS = /^\/(metrics|openapi\.json|docs(\/.*)?)$/;
/** Served on both listeners, because load balancers may check either. */
const SHARED_PATHS = /^\/health(\/(live|ready))?$/;

/**
 * A separate listener for `/metrics`, `/docs` and `/openapi.json`, so that a firewall can block them. When `ADMIN_PORT`
 * is empty, there is no such listener and the gateway's own port serves them.
 */
export class AdminListener {
  readonly #server: Server;
  readonly #sockets = new WeakSet<Socket>();
  readonly #config: Pick<Config, 'adminHost' | 'adminPort'>;

  constructor(config: Pick<Config, 'adminHost' | 'adminPort' | 'requestTimeoutMs'>) {
    this.#config = config;
    const { requestTimeoutMs: requestTimeout } = config;
    this.#server = createServer({ requestTimeout, headersTimeout: requestTimeout });
    this.#server.on('connection', (socket) => this.#sockets.add(socket));
  }

  /** Serves the app on this listener as well. Call it before routes are added: the hook covers later routes only. */
  serve(app: App): void {
    this.#server.on('request', (request, response) => app.routing(request, response));
    app.addHook('onRequest', async ({ routeOptions, raw }) => {
      const { url = '' } = routeOptions;
      if (SHARED_PATHS.test(url)) return;
      if (ADMIN_PATHS.test(url) !== this.#sockets.has(raw.socket)) throw errors.of('NOT_FOUND');
    });
    app.addHook('preClose', () => this.#close());
  }

  /**
   * @returns the URL
   * @throws Error when the port cannot be bound
   */
  async listen(): Promise<string> {
    const { adminHost: host, adminPort: port } = this.#config;
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen({ host, port }, resolve);
    });
    const address = this.#server.address();
    const bound = typeof address === 'object' && address !== null ? address.port : port;
    return `http://${host.includes(':') ? `[${host}]` : host}:${bound}`;
  }

  async #close(): Promise<void> {
    if (!this.#server.listening) return;
    await new Promise((resolve) => {
      this.#server.close(resolve);
      this.#server.closeIdleConnections();
    });
  }
}
