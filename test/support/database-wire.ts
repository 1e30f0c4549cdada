import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';

interface Pair {
  readonly near: Socket;
  readonly far: Socket;
  isSilent: boolean;
  /** Whether the transaction that is open has sent what its commit is to be lost for. */
  isDoomed: boolean;
}

/** What becomes of a commit. */
export type CommitFate = 'is lost on its way' | 'is lost on its way back';

const BEGIN = Buffer.from('begin\0');
const COMMIT = Buffer.from('commit\0');

/** A way to PostgreSQL on which everything can happen that happens to networks. */
export class DatabaseWire {
  /** The database's URL, by this way. */
  readonly url: string;
  /** The commit of the next transaction that sends this text among its values. */
  losesCommit: { readonly of: string; readonly fate: CommitFate } | null = null;
  /** What a new connection meets: the server, an end at once, or nothing at all. */
  newConnections: 'pass' | 'end' | 'hear nothing' = 'pass';
  readonly #server: Server;
  readonly #pairs: Set<Pair>;

  private constructor(url: string, server: Server, pairs: Set<Pair>) {
    this.url = url;
    this.#server = server;
    this.#pairs = pairs;
  }

  static async to(databaseUrl: string): Promise<DatabaseWire> {
    const url = new URL(databaseUrl);
    const [host, port] = [url.hostname, Number(url.port || 5432)];
    const pairs = new Set<Pair>();
    const server = createServer((near) => wire.#join(near, host, port));
    await once(server.listen(0, '127.0.0.1'), 'listening');
    url.hostname = '127.0.0.1';
    url.port = portOf(server);
    const wire = new DatabaseWire(url.href, server, pairs);
    return wire;
  }

  /** What is open stays open, and nothing more passes: no end, no reset. */
  silence(): void {
    for (const pair of this.#pairs) {
      pair.isSilent = true;
      pair.far.destroy();
    }
  }

  /** Ends what is open. */
  cut(): void {
    for (const { near, far } of this.#pairs) {
      near.destroy();
      far.destroy();
    }
  }

  close(): void {
    this.#server.close();
    this.cut();
  }

  #join(near: Socket, host: string, port: number): void {
    near.on('error', () => {});
    if (this.newConnections === 'end') return void near.destroy();
    if (this.newConnections === 'hear nothing') return;
    const far = connect(port, host);
    const pair: Pair = { near, far, isSilent: false, isDoomed: false };
    this.#pairs.add(pair);
    far.on('error', () => {});
    near.on('data', (chunk: Buffer) => this.#toServer(pair, chunk));
    far.on('data', (chunk) => pair.isSilent || near.write(chunk));
    near.on('close', () => {
      this.#pairs.delete(pair);
      far.destroy();
    });
    far.on('close', () => pair.isSilent || near.destroy());
  }

  #toServer(pair: Pair, chunk: Buffer): void {
    const { near, far } = pair;
    if (pair.isSilent) return;
    const lost = this.losesCommit;
    if (chunk.includes(BEGIN)) pair.isDoomed = false;
    if (lost && chunk.includes(lost.of)) pair.isDoomed = true;
    if (!lost || !pair.isDoomed || !chunk.includes(COMMIT)) return void far.write(chunk);
    this.losesCommit = null;
    if (lost.fate === 'is lost on its way') return void near.destroy();
    far.removeAllListeners('data');
    far.once('data', () => near.destroy());
    far.write(chunk);
  }
}

function portOf(server: Server): string {
  const address = server.address();
  return String(typeof address === 'object' && address ? address.port : 0);
}
