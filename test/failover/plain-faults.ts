import { setTimeout as pause } from 'node:timers/promises';
import type { FaultName } from './cluster.ts';
import type { PlainCluster } from './plain-cluster.ts';

/** After how long a cluster manager notices that the primary is gone. */
const NOTICED_AFTER_MS = 1000;
/** How long a server is the standby that the primary was demoted to, and nobody is the primary. */
const LEADERLESS_MS = 500;
/** How long the old primary is awake, and can be reached, before its cluster manager stops it. */
const AWAKE_MS = 2000;

interface Fault {
  /** Takes the primary away and has the standby promoted. */
  readonly strike: (cluster: PlainCluster) => Promise<void>;
  /** What the old primary does after the other has taken over. @returns what must not have happened, or null */
  readonly comesBack?: (cluster: PlainCluster) => Promise<string | null>;
  /** The old primary is a standby already. */
  readonly isFollowing?: boolean;
}

export const plainFaults: Readonly<Record<FaultName, Fault>> = {
  kill: {
    strike: async (cluster) => {
      await cluster.primary.server.end('SIGKILL');
      await pause(NOTICED_AFTER_MS);
      await cluster.failOver();
    },
  },
  freeze: {
    strike: async (cluster) => {
      cluster.primary.server.signalAll('SIGSTOP');
      await pause(NOTICED_AFTER_MS);
      await cluster.failOver();
    },
    comesBack: wakesUp,
  },
  'silent loss': {
    strike: async (cluster) => {
      cluster.primary.proxy.silence();
      await pause(NOTICED_AFTER_MS);
      await cluster.failOver();
    },
  },
  demotion: {
    strike: async (cluster) => {
      const { primary, standby } = cluster;
      await primary.server.end('SIGINT');
      primary.server.startAsStandby(standby.proxy.port);
      await primary.server.start();
      await pause(LEADERLESS_MS);
      await cluster.failOver();
    },
    isFollowing: true,
  },
  switchover: {
    strike: async (cluster) => {
      await cluster.primary.server.end('SIGINT');
      await cluster.failOver();
    },
  },
};

/** The server that was frozen takes itself for the primary until it is stopped; no gateway may commit anything there. */
async function wakesUp({ standby: old }: PlainCluster): Promise<string | null> {
  const before = old.proxy.commits;
  old.server.signalAll('SIGCONT');
  await pause(AWAKE_MS);
  const sent = old.proxy.commits - before;
  return sent === 0 ? null : `${sent} commits were sent to the old primary after another had taken over`;
}
