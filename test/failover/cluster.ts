import type pg from 'pg';
import type { SilentProxy } from './silent-proxy.ts';

export const faultNames = ['kill', 'freeze', 'silent loss', 'demotion', 'switchover'] as const;
export type FaultName = (typeof faultNames)[number];

/** A PostgreSQL server, straight and as its superuser. */
export interface Server {
  readonly port: number;
  url(database: string): string;
  run(...statements: string[]): Promise<pg.QueryResult[]>;
}

/** A server with the way that everybody else takes to it, its standbys too. */
export interface Member {
  readonly server: Server;
  readonly proxy: SilentProxy;
}

/** What a run needs of a cluster: a primary that is taken away, and another server that takes over. */
export interface Cluster {
  /** The primary of the moment. */
  readonly primary: Member;
  /** The ports at which this gateway (0 or 1) reaches the cluster, in the order in which it tries them. */
  portsOf(gateway: number): readonly number[];
  /** Takes the primary away and waits until another one commits. @returns when it did, by `performance.now()` */
  strike(fault: FaultName): Promise<number>;
  /** The old primary comes back after the other has taken over. @returns what must not have happened, or null */
  comeBack(fault: FaultName): Promise<string | null>;
  /** Waits until all servers follow the new primary and no commit is answered before a standby has it. */
  recover(fault: FaultName): Promise<void>;
}

/** @returns whether the server commits */
export async function commits(server: Server): Promise<boolean> {
  return server.run('insert into probe values (now())').then(
    () => true,
    () => false,
  );
}
