import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import {
  appendFileSync,
  chownSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { until } from './wait.ts';

const INSTALLED = '/usr/lib/postgresql';
const READY_WITHIN_MS = 60_000;
const OWNER = 'postgres';

/** How PostgreSQL is ended: told to be quick, told to drop everything, or without a word. */
export type Ending = 'SIGINT' | 'SIGQUIT' | 'SIGKILL';

/** @returns the folder with `initdb` and `postgres`, or null when this machine has none */
export function findPostgres(): string | null {
  const versions = existsSync(INSTALLED) ? readdirSync(INSTALLED) : [];
  const newest = versions.sort((a, b) => Number(b) - Number(a)).map((version) => join(INSTALLED, version, 'bin'));
  const folders = [...newest, ...(process.env['PATH'] ?? '').split(':')];
  return folders.find((folder) => ['initdb', 'postgres'].every((name) => existsSync(join(folder, name)))) ?? null;
}

/** A PostgreSQL of this run alone, with durable commits, which is ended and started again by its process id. */
export class PostgresServer {
  readonly name: string;
  readonly port: number;
  readonly #programs: string;
  readonly #data: string;
  readonly #logPath: string;
  readonly #user: { uid: number; gid: number } | Record<string, never>;
  #child: ChildProcess | null = null;

  readonly #folder: string;

  private constructor(programs: string, folder: string, port: number, name = 'postgres') {
    this.name = name;
    this.port = port;
    this.#programs = programs;
    this.#folder = folder;
    this.#data = join(folder, name);
    this.#logPath = join(folder, `${name}.log`);
    this.#user = ownerOfServers();
  }

  /** @param settings more lines of its `postgresql.conf` */
  static create(programs: string, folder: string, port: number, settings: readonly string[] = []): PostgresServer {
    const server = new PostgresServer(programs, folder, port);
    server.#makeFolder();
    const args = ['-D', server.#data, '-U', OWNER, '-A', 'trust', '-E', 'UTF8', '--no-locale', '--no-instructions'];
    execFileSync(join(programs, 'initdb'), args, { ...server.#user, cwd: '/', stdio: ['ignore', 'ignore', 'inherit'] });
    // fsync and synchronous_commit stay as they come: on. Each log line begins with its SQLSTATE, to be counted.
    appendFileSync(
      join(server.#data, 'postgresql.conf'),
      `listen_addresses = '127.0.0.1'\nport = ${port}\nunix_socket_directories = ''\nmax_connections = 200\nlog_line_prefix = '%m [%e] '\n${settings.map((line) => `${line}\n`).join('')}`,
    );
    return server;
  }

  /** A copy of this server that follows it, not started yet. It confirms every commit before the client is told. */
  async standby(name: string, port: number): Promise<PostgresServer> {
    const standby = new PostgresServer(this.#programs, this.#folder, port, name);
    standby.#copy(this);
    standby.#writeStandbySettings(this.port);
    await this.waitFor(name);
    return standby;
  }

  /** Makes every commit wait until the standby of this name has confirmed it; null: commits wait for nobody. */
  async waitFor(name: string | null): Promise<void> {
    await this.run(`alter system set synchronous_standby_names = '${name ?? ''}'`, 'select pg_reload_conf()');
  }

  /** Makes a standby the primary, which waits for no other. */
  async promote(): Promise<void> {
    await this.run('select pg_promote(true, 30)');
  }

  /**
   * Makes this server, which has ended, a standby of the one that is the primary now: what it has written and the primary
   * does not have is taken back. It is not started.
   * @param port where it reaches the primary
   */
  async follow(primary: PostgresServer, port = primary.port): Promise<void> {
    await primary.run('checkpoint'); // until then the primary's files do not name its new timeline
    const args = [
      '-D',
      this.#data,
      '--source-server',
      `host=127.0.0.1 port=${primary.port} user=${OWNER} dbname=postgres`,
    ];
    this.#runProgram('pg_rewind', args);
    this.#writeStandbySettings(port);
  }

  /** Has this server, which has ended, start as a standby, whoever is the primary. */
  startAsStandby(primaryPort: number): void {
    this.#writeStandbySettings(primaryPort);
  }

  #copy(primary: PostgresServer): void {
    this.#makeFolder();
    const from = `host=127.0.0.1 port=${primary.port} user=${OWNER}`;
    this.#runProgram('pg_basebackup', ['-D', this.#data, '-d', from, '-c', 'fast']);
  }

  #makeFolder(): void {
    rmSync(this.#data, { recursive: true, force: true });
    mkdirSync(this.#data, { mode: 0o700 });
    this.#own(this.#data);
  }

  /** Its files may be copies of the primary's, so its own settings are written again; the last of several counts. */
  #writeStandbySettings(primaryPort: number): void {
    const from = `host=127.0.0.1 port=${primaryPort} user=${OWNER} application_name=${this.name}`;
    appendFileSync(
      join(this.#data, 'postgresql.auto.conf'),
      `port = ${this.port}\nprimary_conninfo = '${from}'\nsynchronous_standby_names = ''\n`,
    );
    const signal = join(this.#data, 'standby.signal');
    writeFileSync(signal, '');
    this.#own(signal);
  }

  #runProgram(name: string, args: readonly string[]): void {
    const log = openSync(this.#logPath, 'a');
    execFileSync(join(this.#programs, name), args, { ...this.#user, cwd: '/', stdio: ['ignore', log, log] });
    closeSync(log);
  }

  #own(path: string): void {
    if (this.#user.uid !== undefined) chownSync(path, this.#user.uid, this.#user.gid);
  }

  /** Runs statements as the superuser, one after the other. */
  async run(...statements: string[]): Promise<pg.QueryResult[]> {
    return runStatements(this.url('postgres'), statements);
  }

  /** Sends a signal to all of its processes. Stopped ones keep their connections, as on a machine that hangs. */
  signalAll(signal: 'SIGSTOP' | 'SIGCONT' | 'SIGKILL'): void {
    for (const pid of this.#processIds()) process.kill(pid, signal);
  }

  /** The server's process, which starts no other once it is stopped, and then those that it has started. */
  *#processIds(): Generator<number> {
    const parent = this.#child?.pid;
    if (parent === undefined) return;
    const children = () => readFileSync(`/proc/${parent}/task/${parent}/children`, 'utf8').split(' ').filter(Boolean);
    const before = children();
    yield parent;
    const after = existsSync(`/proc/${parent}/task`) ? children() : [];
    for (const pid of new Set([...before, ...after])) yield Number(pid);
  }

  /** Ends all of its processes at once, also when they are stopped. */
  async kill(): Promise<void> {
    const child = this.#child;
    if (!child) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    this.signalAll('SIGKILL');
    await ended;
  }

  /** Straight to the server, as its superuser. */
  url(database: string): string {
    return `postgres://${OWNER}@127.0.0.1:${this.port}/${database}`;
  }

  get isRunning(): boolean {
    return this.#child !== null;
  }

  /** Starts it and waits until it answers; what a killed one left behind may make it end a few times first. */
  async start(): Promise<void> {
    const ready = await until(async () => {
      if (!this.#child) this.#spawn();
      return this.#answers();
    }, READY_WITHIN_MS);
    if (!ready) throw new Error(`PostgreSQL did not start; see ${this.#logPath}`);
  }

  async end(signal: Ending): Promise<void> {
    const child = this.#child;
    if (!child) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill(signal);
    await ended;
  }

  /** How often it has answered this SQLSTATE. */
  answered(sqlState: string): number {
    return readFileSync(this.#logPath, 'utf8').split(`[${sqlState}] `).length - 1;
  }

  #spawn(): void {
    const log = openSync(this.#logPath, 'a');
    const child = spawn(join(this.#programs, 'postgres'), ['-D', this.#data], {
      ...this.#user,
      cwd: '/',
      stdio: ['ignore', log, log],
    });
    this.#child = child;
    child.once('exit', () => {
      if (this.#child === child) this.#child = null;
    });
  }

  async #answers(): Promise<boolean> {
    const client = new pg.Client({ connectionString: this.url('postgres'), connectionTimeoutMillis: 2000 });
    client.on('error', () => {});
    try {
      await client.connect();
      return true;
    } catch {
      return false;
    } finally {
      await client.end().catch(() => {});
    }
  }
}

/** Runs statements over a connection of their own, one after the other. */
export async function runStatements(url: string, statements: readonly string[]): Promise<pg.QueryResult[]> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
  client.on('error', () => {});
  try {
    await client.connect();
    const results: pg.QueryResult[] = [];
    for (const statement of statements) results.push(await client.query(statement));
    return results;
  } finally {
    await client.end().catch(() => {});
  }
}

/** As whom PostgreSQL's programs run here: they refuse to run as root, and then it is the user of the package. */
export function ownerOfServers(): { uid: number; gid: number } | Record<string, never> {
  return process.getuid?.() === 0 ? userOf(OWNER) : {};
}

function userOf(name: string): { uid: number; gid: number } {
  const id = (option: string) => Number(execFileSync('id', [option, name], { encoding: 'utf8' }));
  return { uid: id('-u'), gid: id('-g') };
}
