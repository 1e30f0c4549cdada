import { setTimeout as pause } from 'node:timers/promises';
import type { Cleanup } from '../../bench/cleanup.ts';
import { freePorts } from '../../sandbox/demo/free-ports.ts';
import { PostgresServer } from '../chaos/postgres-server.ts';
import { until } from '../chaos/wait.ts';
import { type Cluster, commits, type FaultName } from './cluster.ts';
import { plainFaults } from './plain-faults.ts';
import { SilentProxy } from './silent-proxy.ts';

const IN_SYNC_WITHIN_MS = 60_000;
const PROBE_EVERY_MS = 20;
const WRITABLE_WITHIN_MS = 60_000;
/** A standby has to find the place at which it left the primary's timeline. */
const SETTINGS = ['wal_log_hints = on', "wal_keep_size = '512MB'"];

export interface PlainMember {
  readonly server: PostgresServer;
  readonly proxy: SilentProxy;
}

/** A primary and its synchronous standby, and what a cluster manager does with them. */
export class PlainCluster implements Cluster {
  #primary: PlainMember;
  #standby: PlainMember;
  readonly #ways: readonly number[];

  private constructor(primary: PlainMember, standby: PlainMember) {
    this.#primary = primary;
    this.#standby = standby;
    this.#ways = [primary.proxy.port, standby.proxy.port];
  }

  static async start(programs: string, folder: string, cleanup: Cleanup): Promise<PlainCluster> {
    const [a = 0, b = 0, wireA = 0, wireB = 0] = await freePorts(4);
    const first = PostgresServer.create(programs, folder, a, SETTINGS);
    cleanup.add('the first server', () => first.kill());
    await first.start();
    await first.run('create table probe (at timestamptz)');
    const second = await first.standby('second', b);
    cleanup.add('the second server', () => second.kill());
    const members = [
      { server: first, proxy: await SilentProxy.start(wireA, a) },
      { server: second, proxy: await SilentProxy.start(wireB, b) },
    ] as const;
    for (const { proxy } of members) cleanup.add('a way to a server', () => proxy.stop());
    await second.start();
    const cluster = new PlainCluster(...members);
    await cluster.becomesSynchronous();
    return cluster;
  }

  get primary(): PlainMember {
    return this.#primary;
  }

  get standby(): PlainMember {
    return this.#standby;
  }

  /** Both servers, in the order in which they were made. */
  portsOf(): readonly number[] {
    return this.#ways;
  }

  async strike(fault: FaultName): Promise<number> {
    const writable = this.#writableWithout(this.#primary);
    await plainFaults[fault].strike(this);
    return writable;
  }

  async comeBack(fault: FaultName): Promise<string | null> {
    return (await plainFaults[fault].comesBack?.(this)) ?? null;
  }

  async recover(fault: FaultName): Promise<void> {
    await (plainFaults[fault].isFollowing ? this.becomesSynchronous() : this.#rejoin());
  }

  /** The standby takes over. */
  async failOver(): Promise<void> {
    await this.#standby.server.promote();
    [this.#primary, this.#standby] = [this.#standby, this.#primary];
  }

  /** Waits until the other server commits. */
  async #writableWithout(old: PlainMember): Promise<number> {
    const successor = old === this.#primary ? this.#standby : this.#primary;
    const isWritable = () => commits(successor.server);
    if (!(await until(isWritable, WRITABLE_WITHIN_MS, PROBE_EVERY_MS))) throw new Error('no server was promoted');
    return performance.now();
  }

  /** The old primary comes back as the synchronous standby of the new one. */
  async #rejoin(): Promise<void> {
    const { server, proxy } = this.#standby;
    await server.kill();
    proxy.heal();
    await server.follow(this.#primary.server, this.#primary.proxy.port);
    await server.start();
    await this.becomesSynchronous();
  }

  /** From now on no commit is answered before the standby has it. */
  async becomesSynchronous(): Promise<void> {
    const { server } = this.#primary;
    await server.waitFor(this.#standby.server.name);
    const isSynchronous = async () => {
      const [answer] = await server.run("select 1 from pg_stat_replication where sync_state = 'sync'");
      return answer?.rowCount === 1;
    };
    if (!(await until(isSynchronous, IN_SYNC_WITHIN_MS)))
      throw new Error(`${this.#standby.server.name} is not in sync`);
    await pause(PROBE_EVERY_MS);
  }
}
