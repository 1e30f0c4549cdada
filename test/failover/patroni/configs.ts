import { join } from 'node:path';
import type { NodePlace, NodePorts } from './node.ts';

export const SCOPE = 'skinrail';
const PASSWORD = 'of-this-run';

/** How the cluster is kept, as in docs/operators/growing.md: the least that Patroni allows for `ttl`, a quick loop. */
const dynamic = {
  ttl: 20,
  loop_wait: 2,
  retry_timeout: 5,
  maximum_lag_on_failover: 1_048_576,
  synchronous_mode: true,
  // A primary that has crashed is not started again first: the standby takes over.
  primary_start_timeout: 0,
  postgresql: { use_pg_rewind: true, parameters: { max_connections: 200, wal_keep_size: '512MB' } },
};

/** A node's configuration of Patroni. */
export function configOf(name: string, ports: NodePorts, { programs, folder }: NodePlace) {
  const own = (port: number) => `127.0.0.1:${port}`;
  return {
    scope: SCOPE,
    name,
    restapi: { listen: own(ports.rest), connect_address: own(ports.restWire) },
    // Version 2 of etcd's API: with `etcd3`, Patroni 3.0.2 can lose the leader's key. As a proxy, so that Patroni does not ask
    // etcd for its own address and go past the wire.
    etcd: { proxy: `http://${own(ports.etcdWire)}` },
    bootstrap: {
      dcs: dynamic,
      initdb: [{ encoding: 'UTF8' }, 'no-locale', 'data-checksums'],
    },
    postgresql: {
      listen: own(ports.postgres),
      connect_address: own(ports.postgresWire),
      data_dir: join(folder, name),
      bin_dir: programs,
      pgpass: join(folder, `${name}.pgpass`),
      pg_hba: ['host all all 127.0.0.1/32 trust', 'host replication all 127.0.0.1/32 trust'],
      authentication: {
        superuser: { username: 'postgres', password: PASSWORD },
        replication: { username: 'replicator', password: PASSWORD },
      },
      parameters: { unix_socket_directories: '' },
      remove_data_directory_on_rewind_failure: true,
      remove_data_directory_on_diverged_timelines: true,
    },
    watchdog: { mode: 'off' },
  };
}

/** One way to whichever server is the primary; connections to a server that is no longer it are closed. */
export function haproxyConfig(port: number, nodes: readonly { readonly name: string; readonly ports: NodePorts }[]) {
  const servers = nodes.map(
    ({ name, ports }) => `  server ${name} 127.0.0.1:${ports.postgresWire} check port ${ports.restWire}`,
  );
  return `global
  maxconn 1000
defaults
  mode tcp
  timeout connect 2s
  timeout client 30m
  timeout server 30m
  timeout check 2s
listen primary
  bind 127.0.0.1:${port}
  option httpchk GET /primary
  http-check expect status 200
  default-server inter 1s fall 2 rise 1 on-marked-down shutdown-sessions
${servers.join('\n')}
`;
}
