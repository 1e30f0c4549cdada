import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

export interface Request {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** A merchant's server of the test's own: it answers each path as the test says, and remembers what came. */
export class HttpServer {
  readonly requests: Request[] = [];
  readonly #server: Server;

  private constructor(answers: Readonly<Record<string, RequestListener>>) {
    this.#server = createServer(async (request, response) => {
      const { method = '', url: path = '', headers } = request;
      this.requests.push({ method, path, headers, body: await text(request) });
      const answer = answers[path];
      if (answer) answer(request, response);
      else response.writeHead(404).end();
    });
  }

  static async start(answers: Readonly<Record<string, RequestListener>>): Promise<HttpServer> {
    const server = new HttpServer(answers);
    server.#server.listen(0, '127.0.0.1');
    await once(server.#server, 'listening');
    return server;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port; // it listens on a port
  }

  urlOf(path: string): string {
    return `http://127.0.0.1:${this.port}${path}`;
  }

  requestsTo(path: string): Request[] {
    return this.requests.filter((request) => request.path === path);
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }
}
