import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { json } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Config } from '../config/config.ts';
import { OperatorError } from '../core/operator-error.ts';
import { DataFolder, type FolderHold } from './data-folder.ts';
import { askHolder } from './operator-client.ts';
import { toOperator } from './operator-name.ts';
import { CollectedOutput, type Said } from './output.ts';
import { runInGateway } from './program.ts';
import type { Session } from './task.ts';

/** What commands are given, but for who runs them. */
type GatewaySession = Omit<Session, 'operator'>;

/** A command that has the folder open is soon done; a gateway that holds it answers at once. */
const PATIENCE_MS = 10_000;
const LOOK_EVERY_MS = 50;

/**
 * Takes the data folder for this gateway, before its database is opened, and listens there for the operator's
 * commands: the embedded database can be opened by one process only, so they are carried out in this one.
 * @returns null with PostgreSQL, where commands open the database themselves
 * @throws OperatorError when another process has the folder
 */
export async function listenForOperator(config: Config, log: Logger): Promise<OperatorSocket | null> {
  if (config.databaseUrl) return null;
  const folder = new DataFolder(config.dataDir);
  const hold = await holdPatiently(folder);
  return new OperatorSocket(folder, hold, log);
}

async function holdPatiently(folder: DataFolder): Promise<FolderHold> {
  const deadline = performance.now() + PATIENCE_MS;
  for (;;) {
    const hold = folder.tryHold();
    if (hold) return hold;
    const pid = await askHolder(folder);
    if (pid !== null) throw new OperatorError(`data folder ${folder.name} is in use by process ${pid}`);
    if (performance.now() > deadline) throw new OperatorError(`data folder ${folder.name} is in use by a command`);
    await pause(LOOK_EVERY_MS);
  }
}

/** Only whoever may read the data folder's secrets may send commands: the socket is its owner's alone. */
export class OperatorSocket {
  readonly #folder: DataFolder;
  readonly #hold: FolderHold;
  readonly #server: Server;
  readonly #session = Promise.withResolvers<GatewaySession>();

  constructor(folder: DataFolder, hold: FolderHold, log: Logger) {
    this.#folder = folder;
    this.#hold = hold;
    // Nobody may be waiting when the gateway cannot start.
    this.#session.promise.catch(() => {});
    this.#server = createServer((request, response) => {
      this.#answer(request, response).catch((error) => {
        log.warn({ err: error }, 'an operator’s command could not be answered');
        response.destroy();
      });
    });
    // Without the socket the gateway works all the same; commands will say that the folder is in use.
    this.#server.on('error', (error) => log.warn({ err: error }, 'no operator’s commands can be taken'));
    listenPrivately(this.#server, folder);
  }

  /** From now on commands are carried out; those that came while the gateway started have waited. */
  attach(session: GatewaySession): void {
    this.#session.resolve(session);
  }

  /** Takes no more commands, and lets those end that run. */
  async close(): Promise<void> {
    this.#session.reject(new OperatorError('the gateway is stopping'));
    await new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
    });
    this.#folder.socket.remove();
  }

  /** Once the database is closed: lets the next process have the folder. */
  release(): void {
    this.#hold.release();
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const answer = request.method === 'POST' ? await this.#carryOut(await json(request)) : { pid: process.pid };
    response.writeHead(200, { 'content-type': 'application/json', connection: 'close' });
    response.end(JSON.stringify(answer));
  }

  async #carryOut(message: unknown): Promise<Said> {
    const output = new CollectedOutput();
    const session = () => this.#session.promise;
    const exitCode = await runInGateway(argsOf(message), session, output, operatorOf(message));
    return output.with(exitCode);
  }
}

/** The folder is held, so a socket that is there was left by a process that is gone. */
function listenPrivately(server: Server, folder: DataFolder): void {
  const path = folder.socket.make();
  // The file is made within `listen`, so it never has another mode, not even for a moment.
  const before = process.umask(0o177);
  try {
    server.listen(path);
  } finally {
    process.umask(before);
  }
}

function argsOf(message: unknown): string[] {
  const args: unknown = typeof message === 'object' && message !== null ? Reflect.get(message, 'args') : undefined;
  if (!Array.isArray(args)) throw new Error('a command is a list of arguments');
  return args.map(String);
}

/** As the command's own process named it: only whoever may read the gateway's secrets reaches this socket. */
function operatorOf(message: unknown): string {
  const operator: unknown = typeof message === 'object' && message !== null && Reflect.get(message, 'operator');
  return toOperator(typeof operator === 'string' ? operator.replace(/^operator:?/, '') : '');
}
