import { connect, type Socket } from 'node:net';

const WITHIN_MS = 240_000;
/** Opcodes of WebSocket frames. */
const [TEXT, BINARY, PING] = [0x1, 0x2, 0x9];
const FINAL = 0x80;

/** One frame as a client sends it, masked with zeros, which leaves its bytes as they are. */
function frame(opcode: number, payload: string | Buffer): Buffer {
  const data = Buffer.from(payload);
  const length = data.length < 126 ? [0x80 | data.length] : [0x80 | 126, data.length >> 8, data.length & 255];
  return Buffer.concat([Buffer.from([FINAL | opcode, ...length, 0, 0, 0, 0]), data]);
}

export const textFrame = (payload: string) => frame(TEXT, payload);
export const binaryFrame = (payload: Buffer) => frame(BINARY, payload);
export const pingFrame = () => frame(PING, '');
/** Opens the default namespace: what Socket.IO's clients send first, and once. */
export const hello = textFrame('40');

/** A WebSocket of the live feed in bytes of its own: for what no client library would send, or leave unread. */
export class RawFeedSocket {
  readonly #socket: Socket;
  readonly #closed: Promise<void>;
  #heard = '';

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('error', () => {}); // a reset is one of the ways to be cut off
    this.#closed = new Promise((resolve) => socket.once('close', () => resolve()));
    socket.on('data', (chunk) => {
      this.#heard += chunk.toString('latin1');
    });
  }

  /** Resolves once the WebSocket is open; nothing has been said in it. */
  static async open(baseUrl: string, query: Record<string, string>): Promise<RawFeedSocket> {
    const { hostname, port } = new URL(baseUrl);
    const socket = connect(Number(port), hostname);
    const raw = new RawFeedSocket(socket);
    const path = `/socket.io/?${new URLSearchParams({ EIO: '4', transport: 'websocket', ...query })}`;
    const upgrade = 'connection: Upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13';
    const key = `sec-websocket-key: ${Buffer.alloc(16).toString('base64')}`;
    socket.write(`GET ${path} HTTP/1.1\r\nhost: ${hostname}\r\n${upgrade}\r\n${key}\r\n\r\n`);
    await raw.hears('"sid"');
    return raw;
  }

  /** All that has come, its text readable. */
  get heard(): string {
    return this.#heard;
  }

  sends(...frames: readonly Buffer[]): void {
    this.#socket.write(Buffer.concat(frames));
  }

  readsNothingMore(): void {
    this.#socket.pause();
  }

  /** Resolves once this text has come. */
  async hears(text: string): Promise<void> {
    while (!this.#heard.includes(text)) {
      await within(new Promise((resolve) => this.#socket.once('data', resolve)), `"${text}" is heard`);
    }
  }

  /** Resolves once the connection itself has ended, with or without a word of WebSocket's. */
  closed(): Promise<void> {
    return within(this.#closed, 'the connection has ended');
  }

  destroy(): void {
    this.#socket.destroy();
  }
}

async function within<T>(event: Promise<T>, what: string): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new Error(`not within ${WITHIN_MS} ms: ${what}`)), WITHIN_MS);
  try {
    return await Promise.race([event, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
