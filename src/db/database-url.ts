import type pg from 'pg';
import { parseIntoClientConfig } from 'pg-connection-string';

/** One server of a DATABASE_URL. */
export interface Server {
  /** For people: host and port, never the password. */
  readonly name: string;
  readonly config: pg.ClientConfig;
}

export interface DatabaseAddress {
  /** At least one, in the order of the URL. */
  readonly servers: readonly Server[];
  /** `connect_timeout` of the URL; undefined: the usual one. */
  readonly connectMs: number | undefined;
}

export const IN_MEMORY = 'memory:';

/** Whether a DATABASE_URL means an embedded database that keeps nothing. */
export function isInMemory(url: string): boolean {
  return url.startsWith(IN_MEMORY);
}

const URL_PARTS = /^(postgres(?:ql)?:\/\/)([^/?#]*)([^?#]*)(?:\?([^#]*))?(?:#.*)?$/i;
const DEFAULT_PORT = 5432;
/** A gateway writes, so each of these means the same here. */
const WRITABLE = ['any', 'primary', 'read-write'];

/**
 * Reads a PostgreSQL URL with one host or, as libpq does, with several: `postgres://user@a:5432,b:5432/name`.
 * @throws Error that says what is wrong, without any part of the URL that may be secret
 */
export function parseDatabaseUrl(url: string): DatabaseAddress {
  const parts = URL_PARTS.exec(url.trim());
  if (!parts) throw new Error('must begin with postgres:// or postgresql://');
  const [, scheme = '', authority = '', path = '', query = ''] = parts;
  const at = authority.lastIndexOf('@');
  const login = authority.slice(0, at + 1);
  const params = new URLSearchParams(query);
  requireWritable(params);
  const connectMs = readConnectLimit(params);
  const hosts = hostsOf(authority.slice(at + 1), params);
  // With one host the URL is the driver's to read, in all the forms that it knows.
  const urls = hosts.length > 1 ? hosts.map((host) => `${scheme}${login}${host}${path}?${params}`) : [url.trim()];
  return { servers: urls.map(toServer), connectMs };
}

function requireWritable(params: URLSearchParams): void {
  const wanted = params.get('target_session_attrs');
  if (wanted === null || WRITABLE.includes(wanted)) return;
  throw new Error('asks for a server that takes no writes: target_session_attrs must be read-write, primary or any');
}

function readConnectLimit(params: URLSearchParams): number | undefined {
  const text = params.get('connect_timeout');
  if (text === null) return undefined;
  if (!/^\d{1,4}$/.test(text)) throw new Error('has a connect_timeout that is not a whole number of seconds');
  return text === '0' ? undefined : Number(text) * 1000;
}

/** Hosts of the authority, or of `host=a,b&port=1,2`. */
function hostsOf(authority: string, params: URLSearchParams): string[] {
  const listed = params.get('host');
  if (authority !== '' || !listed?.includes(',')) {
    const hosts = authority.split(',');
    if (hosts.length > 1 && hosts.some((host) => host === '')) throw new Error('has an empty host in its list');
    for (const host of hosts) requirePort(host);
    return hosts;
  }
  const ports = (params.get('port') ?? '').split(',');
  params.delete('host');
  params.delete('port');
  return listed.split(',').map((host, index) => {
    const port = ports.length === 1 ? ports[0] : ports[index];
    return `${host.includes(':') ? `[${host}]` : encodeURIComponent(host)}:${port || DEFAULT_PORT}`;
  });
}

function requirePort(host: string): void {
  const port = /:([^:\]]*)$/.exec(host)?.[1];
  if (port === undefined || port === '') return;
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535) throw new Error('has a port that is not a number up to 65535');
}

function toServer(url: string): Server {
  const config = readConfig(url);
  return { name: `${config.host || 'localhost'}:${config.port ?? DEFAULT_PORT}`, config };
}

function readConfig(url: string): pg.ClientConfig {
  try {
    return parseIntoClientConfig(url);
  } catch (error) {
    // The parser's own error repeats the URL, password and all; a file that it names is said.
    const path: unknown = error instanceof Error ? Reflect.get(error, 'path') : undefined;
    throw new Error(typeof path === 'string' ? `names a file that cannot be read: ${path}` : 'cannot be read as a URL');
  }
}

/** The servers of one DATABASE_URL, and which of them the next connection is made to. */
export class Servers {
  readonly all: readonly Server[];
  #next = 0;

  constructor(all: readonly Server[]) {
    if (all.length === 0) throw new Error('a database has at least one server');
    this.all = all;
  }

  get current(): Server {
    // There is at least one, and `#next` stays below their number.
    return this.all[this.#next] as Server;
  }

  /** This server could not be used: connections are made to the one after it. Said of another than the current, nothing changes. */
  leave(server: Server): void {
    if (server === this.current) this.#next = (this.#next + 1) % this.all.length;
  }
}
