import { createServer, type Server, type Socket } from 'node:net';

/** What a pretended Redis says to a command; null: nothing, ever. */
type Reply = (command: string) => string | null;

const INFO = 'redis_version:7.2.0\r\nloading:0\r\nrole:master\r\n';
const info = `$${INFO.length}\r\n${INFO}\r\n`;

/** A counter's answer: the first request of a window of a minute. */
const first = '*2\r\n:1\r\n:60000\r\n';

const healthy: Reply = (command) => (command === 'info' ? info : command.startsWith('eval') ? first : '+OK\r\n');
/** As a server that can be asked what it is, and does nothing else. */
const refuses =
  (error: string): Reply =>
  (command) =>
    command === 'info' ? info : `-${error}\r\n`;

export const replies = {
  healthy,
  silent: () => null,
  silentOnceReady: (command: string) => (command === 'info' ? info : null),
  loading: () => '-LOADING Redis is loading the dataset in memory\r\n',
  readonly: refuses("READONLY You can't write against a read only replica."),
  outOfMemory: refuses("OOM command not allowed when used memory > 'maxmemory'."),
  noAuth: () => '-NOAUTH Authentication required.\r\n',
  nonsense: () => 'HTTP/1.1 400 Bad Request\r\n\r\n',
} satisfies Record<string, Reply>;

/** A server that speaks as much of Redis' protocol as it takes to be ill in all the ways there are. */
export class PretendedRedis {
  reply: Reply;
  /** Added to each answer. */
  delayMs = 0;
  readonly url: string;
  readonly #server: Server;
  readonly #open: Set<Socket>;

  private constructor(server: Server, open: Set<Socket>, reply: Reply, port: number) {
    this.#server = server;
    this.#open = open;
    this.reply = reply;
    this.url = `redis://127.0.0.1:${port}`;
  }

  static async start(reply: Reply): Promise<PretendedRedis> {
    const open = new Set<Socket>();
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    const redis = new PretendedRedis(server, open, reply, port);
    server.on('connection', (socket) => redis.#serve(socket));
    return redis;
  }

  stop(): void {
    this.#server.close();
    for (const socket of this.#open) socket.destroy();
  }

  #serve(socket: Socket): void {
    this.#open.add(socket);
    socket.on('error', () => {}).on('close', () => this.#open.delete(socket));
    socket.on('data', (chunk) => {
      for (const command of commandsIn(chunk.toString('latin1'))) {
        const answer = this.reply(command);
        if (answer === null) continue;
        if (this.delayMs === 0) socket.write(answer);
        else setTimeout(() => socket.write(answer), this.delayMs);
      }
    });
  }
}

/** The names of the commands; each is an array of texts, and arrives in one piece on this machine. */
function commandsIn(text: string): string[] {
  return [...text.matchAll(/\*\d+\r\n\$\d+\r\n([a-zA-Z]+)\r\n/g)].map(([, name = '']) => name.toLowerCase());
}
