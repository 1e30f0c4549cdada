import type { ChildProcess } from 'node:child_process';
import { chownSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type pg from 'pg';
import type { Cleanup } from '../../../bench/cleanup.ts';
import { ownerOfServers, runStatements } from '../../chaos/postgres-server.ts';
import type { Member, Server } from '../cluster.ts';
import { startProgram } from '../programs.ts';
import { SilentProxy } from '../silent-proxy.ts';
import { configOf } from './configs.ts';

/** The ports of a node: where its programs listen, and where the others reach them. */
export interface NodePorts {
  readonly postgres: number;
  readonly rest: number;
  /** Through proxies, which stand for the node's network. */
  readonly postgresWire: number;
  readonly restWire: number;
  readonly etcdWire: number;
}

export interface NodePlace {
  readonly programs: string;
  readonly folder: string;
  readonly etcdPort: number;
  readonly cleanup: Cleanup;
}

/** A machine of the cluster: Patroni, the PostgreSQL that it runs, and the network between them and the others. */
export class PatroniNode implements Member {
  readonly name: string;
  readonly ports: NodePorts;
  readonly server: Server;
  readonly proxy: SilentProxy;
  readonly configPath: string;
  readonly #rest: SilentProxy;
  readonly #etcd: SilentProxy;
  readonly #data: string;
  readonly #patroni: ChildProcess;

  private constructor(name: string, ports: NodePorts, place: NodePlace, [proxy, rest, etcd]: readonly SilentProxy[]) {
    if (!proxy || !rest || !etcd) throw new Error('a node has three wires');
    this.name = name;
    this.ports = ports;
    this.server = serverAt(ports.postgres);
    [this.proxy, this.#rest, this.#etcd] = [proxy, rest, etcd];
    this.#data = join(place.folder, name);
    this.configPath = join(place.folder, `${name}.json`);
    // YAML, which Patroni reads, contains JSON.
    writeFileSync(this.configPath, JSON.stringify(configOf(name, ports, place), null, 2));
    // Added before Patroni is started, so that it runs after Patroni has ended and can start no other.
    place.cleanup.add(`the server of ${name}`, async () => this.killServer());
    this.#patroni = startProgram('patroni', [this.configPath], { ...place, log: `patroni-${name}` });
  }

  static async start(name: string, ports: NodePorts, place: NodePlace): Promise<PatroniNode> {
    const { uid, gid } = ownerOfServers();
    if (uid !== undefined) chownSync(place.folder, uid, gid);
    const wires = [
      await SilentProxy.start(ports.postgresWire, ports.postgres),
      await SilentProxy.start(ports.restWire, ports.rest, 'other'),
      await SilentProxy.start(ports.etcdWire, place.etcdPort, 'other'),
    ];
    for (const wire of wires) place.cleanup.add(`a wire of ${name}`, () => wire.stop());
    return new PatroniNode(name, ports, place, wires);
  }

  /** Its server with all of its processes, without a word; Patroni goes on. */
  killServer(): void {
    for (const pid of this.#serverProcesses()) process.kill(pid, 'SIGKILL');
  }

  /** Patroni and the server: the machine hangs, or goes on. Connections stay open. */
  signalAll(signal: 'SIGSTOP' | 'SIGCONT'): void {
    this.#patroni.kill(signal);
    for (const pid of this.#serverProcesses()) process.kill(pid, signal);
  }

  /** Nothing reaches it any more, and nothing that it sends arrives. */
  silence(): void {
    for (const wire of [this.proxy, this.#rest, this.#etcd]) wire.silence();
  }

  /** Patroni reaches etcd no more, and is not told. */
  loseEtcd(): void {
    this.#etcd.silence();
  }

  heal(): void {
    for (const wire of [this.proxy, this.#rest, this.#etcd]) wire.heal();
  }

  /** The first process, which starts no other once it is stopped or killed, and then those that it had started. */
  *#serverProcesses(): Generator<number> {
    const file = join(this.#data, 'postmaster.pid');
    const parent = existsSync(file) ? Number(readFileSync(file, 'utf8').split('\n', 1)[0]) : 0;
    if (!parent || !readOr(`/proc/${parent}/cmdline`).includes(this.#data)) return;
    const children = () => readOr(`/proc/${parent}/task/${parent}/children`).split(' ').filter(Boolean).map(Number);
    const before = children();
    yield parent;
    for (const pid of new Set([...before, ...children()])) if (existsSync(`/proc/${pid}`)) yield pid;
  }
}

/** The server at this port, as its superuser. */
export function serverAt(port: number): Server {
  const url = (database: string) => `postgres://postgres@127.0.0.1:${port}/${database}`;
  const run = (...statements: string[]): Promise<pg.QueryResult[]> => runStatements(url('postgres'), statements);
  return { port, url, run };
}

function readOr(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return ''; // the process has ended
  }
}
