import type pg from 'pg';
import { parseIntoClientConfig } from 'pg-connection-string';

/** One server of a DATABASE_URL. */
export interface Server {
  /** Host and port for messages, without the password. */
  readonly name: string;
  readonly config: pg.ClientConfig;
}

export interface DatabaseAddress {
  /** The servers in the order of the URL, at least one. */
  readonly servers: readonly Server[];
  /** `connect_timeout` of the URL; undefined: the default. */
  readonly connectMs: number | undefined;
}

export const IN_MEMORY = 'memory:';

/** Whether a DATABASE_URL means an embedded database in memory. */
export function isInMemory(url: string): boolean {
  return url.startsWith(IN_MEMORY);
}

const URL_PARTS = /^(postgres(?:ql)?:\/\/)([^/?#]*)([^?#]*)(?:\?([^#]*))?(?:#.*)?$/i;
const DEFAULT_PORT = 5432;
/** A gateway needs a writable server, so these values have the same meaning here. */
const WRITABLE = ['any', 'primary', 'read-write'];

/**
 * Parses a PostgreSQL URL with one or, like libpq, several hosts: `postgres://user@a:5432,b:5432/name`.
 * @throws Error with the problem, without parts of the URL that may be secret
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
  // A URL with one host is passed to the driver unchanged, which supports more forms.
  const urls = hosts.length > 1 ? hosts.map((host) => `${scheme}${login}${host}${path}?${params}`) : [url.trim()];
  return { servers: urls.map(toServer), connectMs };
}

function requireWritable(params: URLSearchParams): void {
  const wanted = params.get('target_session_attrs');
  if (wanted === null || WRITABLE.includes(wanted)) return;
  throw new Error('requests a read-only server: target_session_attrs must be read-write, primary or any');
}

function readConnectLimit(params: URLSearchParams): number | undefined {
  const text = params.get('connect_timeout');
  if (text === null) return undefined;
  if (!/^\d{1,4}$/.test(text)) throw new Error('has a connect_timeout that is not a whole number of seconds');
  return text === '0' ? undefined : Number(text) * 1000;
}

/** The hosts of the authority, or of `host=a,b&port=1,2`. */
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
    // The parser's error contains the URL with its password; only the path of an unreadable file is reported.
    const path: unknown = error instanceof Error ? Reflect.get(error, 'path') : undefined;
    throw new Error(typeof path === 'string' ? `refers to a file that cannot be read: ${path}` : 'is not a valid URL');
  }
}

/** The servers of a DATABASE_URL, and the one to which the next connection is made. */
export class Servers {
  readonly all: readonly Server[];
  #next = 0;

  constructor(all: readonly Server[]) {
    if (all.length === 0) throw new Error('a database must have at least one server');
    this.all = all;
  }

  get current(): Server {
    // There is at least one server, and `#next` is always a valid index.
    return this.all[this.#next] as Server;
  }

  /** The server is not usable: new connections go to the next one. Has no effect when another server is current. */
  skip(server: Server): void {
    if (server === this.current) this.#next = (this.#next + 1) % this.all.length;
  }
}
