import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { type SentStatement, StatementReader } from './statements.ts';

/** Whether the statement itself is lost, or only its answer. */
export type Loss = 'on its way' | 'on its way back';

interface Trap {
  readonly matches: (sent: SentStatement) => boolean;
  readonly loss: Loss;
  readonly onSprung: (closed: Promise<void>) => void;
}

interface Pair {
  readonly near: Socket;
  readonly far: Socket;
  readonly statements: Pick<StatementReader, 'read'>;
  /** Nothing passes to the server any more, or nothing back to the client. Neither side is told. */
  readonly silent: { near: boolean; far: boolean };
}

/** What passes is PostgreSQL's protocol, or another in which nothing is read. */
type Protocol = 'postgres' | 'other';

const readsNothing: Pick<StatementReader, 'read'> = { read: () => [] };

/** The way to one server, PostgreSQL unless it is said otherwise, which can go silent: bytes vanish, and no connection is ended or refused. */
export class SilentProxy {
  readonly port: number;
  /** Commits that clients have sent through it. */
  commits = 0;
  readonly #targetPort: number;
  readonly #protocol: Protocol;
  readonly #server: Server;
  readonly #pairs = new Set<Pair>();
  #isSilent = false;
  #trap: Trap | null = null;

  private constructor(port: number, targetPort: number, protocol: Protocol) {
    this.port = port;
    this.#targetPort = targetPort;
    this.#protocol = protocol;
    this.#server = createServer((near) => this.#join(near));
  }

  static async start(port: number, targetPort: number, protocol: Protocol = 'postgres'): Promise<SilentProxy> {
    const proxy = new SilentProxy(port, targetPort, protocol);
    await once(proxy.#server.listen(port, '127.0.0.1'), 'listening');
    return proxy;
  }

  /** Everything that is open goes silent, and whatever is opened from now on. */
  silence(): void {
    this.#isSilent = true;
    for (const { silent } of this.#pairs) silent.near = silent.far = true;
  }

  /** New connections pass again. Those that were silent cannot go on: bytes of them are missing. */
  heal(): void {
    this.#isSilent = false;
    for (const { near, far, silent } of this.#pairs) {
      if (!silent.near) continue;
      near.destroy();
      far.destroy();
    }
  }

  /** The connection that sends such a statement next goes silent with it; the others are not touched. */
  silenceAt(matches: Trap['matches'], loss: Loss, onSprung: Trap['onSprung']): void {
    this.#trap = { matches, loss, onSprung };
  }

  disarm(): void {
    this.#trap = null;
  }

  async stop(): Promise<void> {
    for (const { near, far } of this.#pairs) {
      near.destroy();
      far.destroy();
    }
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #join(near: Socket): void {
    const far = connect(this.#targetPort, '127.0.0.1');
    const pair: Pair = {
      near,
      far,
      statements: this.#protocol === 'postgres' ? new StatementReader() : readsNothing,
      silent: { near: this.#isSilent, far: this.#isSilent },
    };
    this.#pairs.add(pair);
    for (const socket of [near, far]) socket.setNoDelay(true).on('error', () => {});
    near.on('data', (chunk: Buffer) => this.#toServer(pair, chunk));
    far.on('data', (chunk: Buffer) => {
      if (!pair.silent.far) near.write(chunk);
    });
    // Neither side hears that the other has gone while the way between them is silent.
    near.on('close', () => {
      if (!pair.silent.near) far.destroy();
      if (far.destroyed) this.#pairs.delete(pair);
    });
    far.on('close', () => {
      if (!pair.silent.far) near.destroy();
      if (near.destroyed) this.#pairs.delete(pair);
    });
  }

  #toServer(pair: Pair, chunk: Buffer): void {
    if (pair.silent.near) return;
    let loss: Loss | null = null;
    for (const sent of pair.statements.read(chunk)) {
      if (/^\s*commit\b/i.test(sent.text)) this.commits++;
      loss ??= this.#springAt(sent, pair);
    }
    if (loss !== 'on its way') pair.far.write(chunk);
    if (loss !== null) pair.silent.near = pair.silent.far = true;
  }

  #springAt(sent: SentStatement, { near }: Pair): Loss | null {
    const trap = this.#trap;
    if (!trap?.matches(sent)) return null;
    this.#trap = null;
    trap.onSprung(once(near, 'close').then(() => {}));
    return trap.loss;
  }
}
