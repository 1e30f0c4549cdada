import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';

/** A request as it came to the raw receiver. */
export interface RawRequest {
  readonly head: string;
  readonly body: string;
  /** A withdrawal at `initiated`: may it be bought? */
  readonly isQuestion: boolean;
}

/** Writes an answer, byte for byte, and does with the connection what it likes. */
export type RawAnswer = (socket: Socket, request: RawRequest) => void;

/** A merchant's server on a bare socket, for answers that no HTTP server would write. */
export class RawReceiver {
  readonly requests: RawRequest[] = [];
  answer: RawAnswer = (socket) => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n');
  #connections = 0;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor() {
    this.#server = createServer((socket) => this.#serve(socket));
  }

  static async start(): Promise<RawReceiver> {
    const receiver = new RawReceiver();
    receiver.#server.listen(0, '127.0.0.1');
    await once(receiver.#server, 'listening');
    return receiver;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/callbacks`; // it listens on a port
  }

  get connections(): number {
    return this.#connections;
  }

  #serve(socket: Socket): void {
    this.#connections++;
    this.#sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => this.#sockets.delete(socket));
    let received = Buffer.alloc(0);
    socket.on('data', (chunk) => {
      received = Buffer.concat([received, chunk]);
      const request = readRequest(received);
      if (!request) return;
      received = Buffer.alloc(0);
      this.requests.push(request);
      this.answer(socket, request);
    });
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, 'close');
  }
}

/** null: it is not there as a whole yet */
function readRequest(received: Buffer): RawRequest | null {
  const end = received.indexOf('\r\n\r\n');
  const head = received.subarray(0, Math.max(0, end)).toString('latin1');
  const length = Number(/content-length: (\d+)/i.exec(head)?.[1] ?? 0);
  if (end < 0 || received.length < end + 4 + length) return null;
  const body = received.subarray(end + 4).toString('utf8');
  return { head, body, isQuestion: body.includes('"status":"initiated","game"') };
}

/** A whole answer with a body of these bytes. */
export function whole(body: string | Uint8Array, headers = 'content-type: application/json\r\n'): Buffer {
  const bytes = Buffer.from(body);
  const head = `HTTP/1.1 200 OK\r\n${headers}content-length: ${bytes.length}\r\n\r\n`;
  return Buffer.concat([Buffer.from(head), bytes]);
}
