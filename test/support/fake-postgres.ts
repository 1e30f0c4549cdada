import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';

/** Messages of PostgreSQL's protocol, as a server sends them. */
function message(type: string, body: Buffer | string = ''): Buffer {
  const content = Buffer.from(body);
  const length = Buffer.alloc(4);
  length.writeInt32BE(content.length + 4);
  return Buffer.concat([Buffer.from(type), length, content]);
}

export const ready = message('Z', 'I');
export const authenticated = message('R', Buffer.alloc(4));

export function refusal(code: string, text: string, severity = 'FATAL'): Buffer {
  return message('E', `S${severity}\0V${severity}\0C${code}\0M${text}\0\0`);
}

export function parameter(name: string, value: string): Buffer {
  return message('S', `${name}\0${value}\0`);
}

/** The process that serves a client, as the server says it at the start. */
export function backendKey(pid: number): Buffer {
  const body = Buffer.alloc(8);
  body.writeInt32BE(pid);
  return message('K', body);
}

/** An answer of one row with one number. */
export function numberRow(column: string, value: number): Buffer {
  const name = Buffer.concat([Buffer.from([0, 1]), Buffer.from(`${column}\0`), Buffer.alloc(18)]);
  name.writeInt32BE(23, name.length - 12);
  const text = String(value);
  const row = Buffer.concat([Buffer.from([0, 1, 0, 0, 0, text.length]), Buffer.from(text)]);
  return Buffer.concat([message('T', name), message('D', row), message('C', 'SELECT 1\0'), ready]);
}

/** A server that says what it is told to say. */
export class FakePostgres {
  readonly port: number;
  readonly #server: Server;

  private constructor(server: Server, port: number) {
    this.#server = server;
    this.port = port;
  }

  /** @param meet is given each new connection */
  static async start(meet: (socket: Socket) => void): Promise<FakePostgres> {
    const server = createServer((socket) => {
      socket.on('error', () => {});
      meet(socket);
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const address = server.address();
    return new FakePostgres(server, typeof address === 'object' && address ? address.port : 0);
  }

  get url(): string {
    return `postgres://me@127.0.0.1:${this.port}/gone`;
  }

  close(): void {
    this.#server.close();
  }
}
