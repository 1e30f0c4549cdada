import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { appendFileSync, chownSync, existsSync, mkdirSync, openSync, readdirSync, readFileSync } from 'node:fs';
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
  readonly port: number;
  readonly #programs: string;
  readonly #data: string;
  readonly #logPath: string;
  /** PostgreSQL refuses to run as root; then it runs as its own user. */
  readonly #user: { uid: number; gid: number } | Record<string, never>;
  #child: ChildProcess | null = null;

  readonly #folder: string;

  private constructor(programs: string, folder: string, port: number, name = 'postgres') {
    this.port = port;
    this.#programs = programs;
    this.#folder = folder;
    this.#data = join(folder, name);
    this.#logPath = join(folder, `${name}.log`);
    this.#user = process.getuid?.() === 0 ? userOf(OWNER) : {};
  }

  static create(programs: string, folder: string, port: number): PostgresServer {
    const server = new PostgresServer(programs, folder, port);
    mkdirSync(server.#data, { mode: 0o700 });
    if (server.#user.uid !== undefined) chownSync(server.#data, server.#user.uid, server.#user.gid);
    const args = ['-D', server.#data, '-U', OWNER, '-A', 'trust', '-E', 'UTF8', '--no-locale', '--no-instructions'];
    execFileSync(join(programs, 'initdb'), args, { ...server.#user, cwd: '/', stdio: ['ignore', 'ignore', 'inherit'] });
    // fsync and synchronous_commit stay as they come: on. Each log line begins with its SQLSTATE, to be counted.
    appendFileSync(
      join(server.#data, 'postgresql.conf'),
      `listen_addresses = '127.0.0.1'\nport = ${port}\nunix_socket_directories = ''\nmax_connections = 200\nlog_line_prefix = '%m [%e] '\n`,
    );
    return server;
  }

  /** A copy of this server that follows it, not started yet. It confirms every commit before the client is told. */
  async standby(name: string, port: number): Promise<PostgresServer> {
    const standby = new PostgresServer(this.#programs, this.#folder, port, name);
    mkdirSync(standby.#data, { mode: 0o700 });
    if (standby.#user.uid !== undefined) chownSync(standby.#data, standby.#user.uid, standby.#user.gid);
    const from = `host=127.0.0.1 port=${this.port} user=${OWNER} application_name=${name}`;
    const args = ['-D', standby.#data, '-d', from, '-R', '-c', 'fast'];
    const options = { ...standby.#user, cwd: '/', stdio: 'ignore' as const };
    execFileSync(join(this.#programs, 'pg_basebackup'), args, options);
    appendFileSync(join(standby.#data, 'postgresql.conf'), `port = ${port}\n`);
    await this.#run(`alter system set synchronous_standby_names = '${name}'`, 'select pg_reload_conf()');
    return standby;
  }

  /** Makes a standby the primary, which waits for no other. */
  async promote(): Promise<void> {
    await this.#run('select pg_promote(true, 30)');
  }

  async #run(...statements: string[]): Promise<void> {
    const client = new pg.Client({ connectionString: this.url('postgres') });
    await client.connect();
    for (const statement of statements) await client.query(statement);
    await client.end();
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

function userOf(name: string): { uid: number; gid: number } {
  const id = (option: string) => Number(execFileSync('id', [option, name], { encoding: 'utf8' }));
  return { uid: id('-u'), gid: id('-g') };
}
