import { chownSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Cleanup } from '../../../bench/cleanup.ts';
import { freePorts } from '../../../sandbox/demo/free-ports.ts';
import { ownerOfServers } from '../../chaos/postgres-server.ts';
import { until } from '../../chaos/wait.ts';
import { type Cluster, commits, type FaultName } from '../cluster.ts';
import { runToEnd, startProgram } from '../programs.ts';
import { haproxyConfig, SCOPE } from './configs.ts';
import { type NodePlace, PatroniNode, serverAt } from './node.ts';

const NAMES = ['node1', 'node2', 'node3'];
const PORTS_OF_NODE = 5;
const FIRST_PRIMARY_WITHIN_MS = 90_000;
const WHOLE_WITHIN_MS = 180_000;
const WRITABLE_WITHIN_MS = 120_000;
/** A probe connects to two servers: more often, it would take the processor from the gateways. */
const PROBE_EVERY_MS = 200;
/** How long the old primary is awake while nobody else than its own Patroni ends it. */
const AWAKE_MS = 5000;

const STANDBYS = "select application_name, sync_state from pg_stat_replication where state = 'streaming'";

/** Three servers that Patroni keeps, with etcd, and haproxy before them. */
export class PatroniCluster implements Cluster {
  readonly #nodes: readonly PatroniNode[];
  readonly #haproxyPort: number;
  readonly #folder: string;
  #primary: PatroniNode;
  /** Which was the primary before the last fault. */
  #old: PatroniNode;

  private constructor(nodes: readonly PatroniNode[], primary: PatroniNode, haproxyPort: number, folder: string) {
    this.#nodes = nodes;
    this.#primary = this.#old = primary;
    this.#haproxyPort = haproxyPort;
    this.#folder = folder;
  }

  static async start(programs: string, folder: string, cleanup: Cleanup): Promise<PatroniCluster> {
    const [haproxyPort = 0, etcdPort = 0, peerPort = 0, ...ports] = await freePorts(3 + NAMES.length * PORTS_OF_NODE);
    const own = join(folder, 'cluster');
    mkdirSync(own);
    const { uid, gid } = ownerOfServers();
    if (uid !== undefined) chownSync(own, uid, gid);
    startEtcd(own, etcdPort, peerPort, cleanup);
    const place = { programs, folder: own, etcdPort, cleanup };
    const nodes = await startNodes(ports, place);
    const first = nodes[0];
    if (!first) throw new Error('there are no nodes');
    writeFileSync(join(own, 'haproxy.cfg'), haproxyConfig(haproxyPort, nodes));
    startProgram('haproxy', ['-db', '-f', 'haproxy.cfg'], { folder: own, log: 'haproxy', cleanup });
    await first.server.run('create table probe (at timestamptz)');
    const cluster = new PatroniCluster(nodes, first, haproxyPort, own);
    await cluster.recover();
    return cluster;
  }

  get primary(): PatroniNode {
    return this.#primary;
  }

  /** The first gateway goes through haproxy, the second names the servers. */
  portsOf(gateway: number): readonly number[] {
    return gateway === 0 ? [this.#haproxyPort] : this.#nodes.map(({ ports }) => ports.postgresWire);
  }

  async strike(fault: FaultName): Promise<number> {
    const old = this.#primary;
    const sync = await this.#synchronousStandby();
    this.#old = old;
    const writable = this.#writableWithout(old);
    switch (fault) {
      case 'kill':
        old.killServer();
        break;
      case 'freeze':
        old.signalAll('SIGSTOP');
        break;
      case 'silent loss':
        old.silence();
        break;
      case 'demotion':
        old.loseEtcd();
        break;
      case 'switchover':
        await this.#switchOver(old, sync);
    }
    return writable;
  }

  /** A machine that hung or was cut off takes itself for the primary until its Patroni hears otherwise. */
  async comeBack(fault: FaultName): Promise<string | null> {
    if (fault !== 'freeze' && fault !== 'silent loss') return null;
    const old = this.#old;
    const before = old.proxy.commits;
    if (fault === 'freeze') old.signalAll('SIGCONT');
    else old.heal();
    await pause(AWAKE_MS);
    const sent = old.proxy.commits - before;
    return sent === 0 ? null : `${sent} commits were sent to the old primary after another had taken over`;
  }

  async recover(): Promise<void> {
    this.#old.heal();
    const isWhole = async () => {
      const standbys = await this.#standbys().catch(() => []);
      return standbys.length === NAMES.length - 1 && standbys.some(({ sync_state }) => sync_state === 'sync');
    };
    if (await until(isWhole, WHOLE_WITHIN_MS, 250)) return;
    throw new Error(`the cluster is not whole again; see ${this.#folder}`);
  }

  async #standbys(): Promise<{ application_name: string; sync_state: string }[]> {
    const [answer] = await this.#primary.server.run(STANDBYS);
    return answer?.rows ?? [];
  }

  async #synchronousStandby(): Promise<string> {
    const found = (await this.#standbys()).find(({ sync_state }) => sync_state === 'sync');
    if (!found) throw new Error('no standby is synchronous');
    return found.application_name;
  }

  /** Waits until another server commits, also through haproxy. */
  async #writableWithout(old: PatroniNode): Promise<number> {
    const others = this.#nodes.filter((node) => node !== old);
    const isWritable = async () => {
      for (const node of others) {
        if (!(await commits(node.server))) continue;
        this.#primary = node;
        return true;
      }
      return false;
    };
    const isWritableThroughHaproxy = async () => {
      const [answer] = await serverAt(this.#haproxyPort)
        .run('select inet_server_port() as port', 'insert into probe values (now())')
        .catch(() => []);
      return answer?.rows[0]?.port === this.#primary.server.port;
    };
    const found =
      (await until(isWritable, WRITABLE_WITHIN_MS, PROBE_EVERY_MS)) &&
      (await until(isWritableThroughHaproxy, WRITABLE_WITHIN_MS, PROBE_EVERY_MS));
    if (!found) throw new Error(`no other server became the primary; see ${this.#folder}`);
    return performance.now();
  }

  async #switchOver(old: PatroniNode, candidate: string): Promise<void> {
    const args = [
      '-c',
      old.configPath,
      'switchover',
      SCOPE,
      '--primary',
      old.name,
      '--candidate',
      candidate,
      '--force',
    ];
    await runToEnd('patronictl', args, this.#folder);
  }
}

/** One member: what is under test is the gateway, not how etcd survives. */
function startEtcd(folder: string, port: number, peerPort: number, cleanup: Cleanup): void {
  const [clients, peers] = [`http://127.0.0.1:${port}`, `http://127.0.0.1:${peerPort}`];
  const args = ['--enable-v2=true', '--data-dir', 'etcd', '--name', 'etcd'];
  args.push('--listen-client-urls', clients, '--advertise-client-urls', clients);
  args.push('--listen-peer-urls', peers, '--initial-advertise-peer-urls', peers, '--initial-cluster', `etcd=${peers}`);
  startProgram('etcd', args, { folder, log: 'etcd', cleanup });
}

/** The first becomes the primary, the others are made as copies of it. */
async function startNodes(ports: readonly number[], place: NodePlace): Promise<PatroniNode[]> {
  const nodes: PatroniNode[] = [];
  for (const [index, name] of NAMES.entries()) {
    const own = ports.slice(index * PORTS_OF_NODE, (index + 1) * PORTS_OF_NODE);
    const [postgres = 0, rest = 0, postgresWire = 0, restWire = 0, etcdWire = 0] = own;
    const node = await PatroniNode.start(name, { postgres, rest, postgresWire, restWire, etcdWire }, place);
    nodes.push(node);
    if (index === 0 && !(await until(() => isPrimary(rest), FIRST_PRIMARY_WITHIN_MS, 250))) {
      throw new Error(`Patroni made no primary; see ${place.folder}`);
    }
  }
  return nodes;
}

async function isPrimary(restPort: number): Promise<boolean> {
  const answer = await fetch(`http://127.0.0.1:${restPort}/primary`).catch(() => null);
  await answer?.text();
  return answer?.status === 200;
}
