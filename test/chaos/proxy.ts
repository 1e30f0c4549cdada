import { connect, createServer, type Server, type Socket } from 'node:net';
import type { Random } from '../simulation/random.ts';

export interface Cutting {
  /** Which share of connections is cut. */
  readonly share: number;
  /** After how many bytes at most, in the direction that was drawn. */
  readonly bytesMax: number;
  /** A connection on which nothing passes for so long is ended. Absent: it may be silent. */
  readonly silenceMaxMs?: number;
}

type Direction = 'request' | 'answer';

/** Passes bytes on to one port of this machine, and cuts some connections in the middle of what they carry. */
export class CuttingProxy {
  readonly cuts: Record<Direction, number> = { request: 0, answer: 0 };
  readonly #server: Server;
  readonly #open = new Set<Socket>();
  readonly port: number;
  readonly #targetPort: number;
  readonly #random: Random;
  readonly #silenceMaxMs: number;
  #cutting: Cutting | null;

  private constructor(port: number, targetPort: number, cutting: Cutting, random: Random) {
    this.port = port;
    this.#targetPort = targetPort;
    this.#cutting = cutting;
    this.#silenceMaxMs = cutting.silenceMaxMs ?? 0;
    this.#random = random;
    this.#server = createServer((client) => this.#pass(client));
  }

  static async start(port: number, targetPort: number, cutting: Cutting, random: Random): Promise<CuttingProxy> {
    const proxy = new CuttingProxy(port, targetPort, cutting, random);
    await new Promise<void>((resolve) => proxy.#server.listen(port, '127.0.0.1', resolve));
    return proxy;
  }

  /** From now on everything passes; connections that were marked before live on. */
  calm(): void {
    this.#cutting = null;
  }

  async stop(): Promise<void> {
    for (const socket of this.#open) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #pass(client: Socket): void {
    const server = connect(this.#targetPort, '127.0.0.1');
    const cut = this.#drawCut();
    const end = () => {
      client.destroy();
      server.destroy();
    };
    // Zero would be for ever.
    if (this.#silenceMaxMs > 0) client.setTimeout(this.#silenceMaxMs, end);
    for (const [from, to, direction] of [
      [client, server, 'request'],
      [server, client, 'answer'],
    ] as const) {
      this.#open.add(from);
      from.setNoDelay(true);
      from.once('close', () => this.#open.delete(from));
      from.on('error', end).on('close', end);
      const bytes = cut?.direction === direction ? cut.afterBytes : Number.POSITIVE_INFINITY;
      this.#forward(from, to, bytes, () => {
        this.cuts[direction]++;
        // The half that was written goes out before the end, so that the other side has read a part.
        to.end(end);
      });
    }
  }

  #drawCut(): { direction: Direction; afterBytes: number } | null {
    if (!this.#cutting || !this.#random.chance(this.#cutting.share)) return null;
    return {
      direction: this.#random.chance(0.5) ? 'request' : 'answer',
      afterBytes: 1 + this.#random.below(this.#cutting.bytesMax),
    };
  }

  #forward(from: Socket, to: Socket, bytes: number, cut: () => void): void {
    let left = bytes;
    let isCut = false;
    from.on('data', (chunk: Buffer) => {
      if (isCut) return;
      isCut = left <= chunk.length && this.#cutting !== null;
      const passed = isCut ? chunk.subarray(0, left) : chunk;
      left -= chunk.length;
      if (!to.write(passed)) {
        from.pause();
        to.once('drain', () => from.resume());
      }
      if (isCut) cut();
    });
  }
}
