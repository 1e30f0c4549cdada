import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { json } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Config } from '../config/config.ts';
import { OperatorError } from '../core/operator-error.ts';
import { DataFolder, type FolderHold } from './data-folder.ts';
import { pidOfHolder } from './operator-client.ts';
import { toOperator } from './operator-name.ts';
import { CollectedOutput, type CommandResult } from './output.ts';
import { runInGateway } from './program.ts';
import type { Session } from './task.ts';
import { visible } from './visible.ts';

/** The session of a command without the operator, who is named in each message. */
type GatewaySession = Omit<Session, 'operator'>;

/** A command that holds the folder ends within seconds; a gateway that holds it answers at once. */
const WAIT_TIMEOUT_MS = 10_000;
const POLL_INTERVAL_MS = 50;

/**
 * Locks the data folder for this gateway before its database is opened, and listens there for operator commands. Only
 * one process can open the embedded database, so commands run inside the gateway.
 * @returns null with PostgreSQL, where commands open the database themselves
 * @throws OperatorError when another process holds the folder
 */
export async function listenForOperator(config: Config, log: Logger): Promise<OperatorSocket | null> {
  if (config.databaseUrl) return null;
  const folder = new DataFolder(config.dataDir);
  const hold = await holdWithRetry(folder);
  return new OperatorSocket(folder, hold, log);
}

async function holdWithRetry(folder: DataFolder): Promise<FolderHold> {
  const deadline = performance.now() + WAIT_TIMEOUT_MS;
  for (;;) {
    const hold = folder.tryHold();
    if (hold) return hold;
    const pid = await pidOfHolder(folder);
    if (pid !== null)
      throw new OperatorError(
        `data folder ${folder.name} is in use by process ${pid}; stop it or choose another data folder`,
      );
    if (performance.now() > deadline)
      throw new OperatorError(`data folder ${folder.name} is in use by another command; try again when it has ended`);
    await pause(POLL_INTERVAL_MS);
  }
}

/** Only the owner of the socket file can connect, who can read the data folder's secrets as well. */
export class OperatorSocket {
  readonly #folder: DataFolder;
  readonly #hold: FolderHold;
  readonly #server: Server;
  readonly #session = Promise.withResolvers<GatewaySession>();

  constructor(folder: DataFolder, hold: FolderHold, log: Logger) {
    this.#folder = folder;
    this.#hold = hold;
    // When the start-up fails, no command may be waiting for the session.
    this.#session.promise.catch(() => {});
    this.#server = createServer((request, response) => {
      this.#answer(request, response).catch((error) => {
        log.warn({ err: error }, 'failed to answer an operator command');
        response.destroy();
      });
    });
    // The gateway works without the socket; commands then fail because the folder is in use.
    this.#server.on('error', (error) =>
      log.warn({ err: error }, 'the operator socket failed; operator commands cannot run until the gateway restarts'),
    );
    listenPrivately(this.#server, folder);
  }

  /** Starts running commands, including those that arrived during the start-up. */
  attach(session: GatewaySession): void {
    this.#session.resolve(session);
  }

  /** Stops accepting commands and waits for the running ones. */
  async close(): Promise<void> {
    this.#session.reject(new OperatorError('the gateway is stopping'));
    await new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
    });
    this.#folder.socket.remove();
  }

  /** Unlocks the folder. Call it after the database is closed. */
  release(): void {
    this.#hold.release();
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const answer = request.method === 'POST' ? await this.#execute(await json(request)) : { pid: process.pid };
    response.writeHead(200, { 'content-type': 'application/json', connection: 'close' });
    response.end(JSON.stringify(answer));
  }

  async #execute(message: unknown): Promise<CommandResult> {
    const output = new CollectedOutput();
    const session = () => this.#session.promise;
    const [operator, inputs, origin] = [operatorOf(message), inputsOf(message), originOf(message)];
    const exitCode = await runInGateway(argsOf(message), session, output, operator, inputs, origin);
    return output.with(exitCode);
  }
}

/** This process holds the folder, so an existing socket file was left by an ended process and is replaced. */
function listenPrivately(server: Server, folder: DataFolder): void {
  const path = folder.socket.make();
  // `listen` creates the file, so the umask must be set before it.
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

/** An earlier version sends none. */
function inputsOf(message: unknown): string[] {
  const inputs: unknown = typeof message === 'object' && message !== null ? Reflect.get(message, 'inputs') : undefined;
  return Array.isArray(inputs) ? inputs.map(String) : [];
}

const ORIGIN_MAX = 200;

/** An earlier version sends none. */
function originOf(message: unknown): string | undefined {
  const origin: unknown = typeof message === 'object' && message !== null ? Reflect.get(message, 'origin') : undefined;
  return typeof origin === 'string' ? visible(origin.slice(0, ORIGIN_MAX)) : undefined;
}

/** The name as the sending process gave it. */
function operatorOf(message: unknown): string {
  const operator: unknown = typeof message === 'object' && message !== null && Reflect.get(message, 'operator');
  return toOperator(typeof operator === 'string' ? operator.replace(/^operator:?/, '') : '');
}
