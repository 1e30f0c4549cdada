import { chownSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Cleanup } from '../../bench/cleanup.ts';
import { freePorts } from '../../sandbox/demo/free-ports.ts';
import { ownerOfServers } from '../chaos/postgres-server.ts';
import { until } from '../chaos/wait.ts';
import { serverAt } from './patroni/node.ts';
import { startProgram } from './programs.ts';

export const poolModes = ['session', 'transaction'] as const;
export type PoolMode = (typeof poolModes)[number];

const READY_WITHIN_MS = 10_000;
/** In session mode each connection of a gateway keeps one: two gateways with up to 21 each. */
const SERVER_CONNECTIONS = 60;
/** In transaction mode they are shared. */
const SHARED_CONNECTIONS = 20;

/** What the role needs in transaction mode, where no session can be set up; see docs/operators/database.md. */
export const roleSettings = (role: string): readonly string[] => [
  `alter role ${role} set statement_timeout = '10s'`,
  `alter role ${role} set idle_in_transaction_session_timeout = '30s'`,
];

interface Place {
  readonly mode: PoolMode;
  readonly role: string;
  readonly folder: string;
  readonly cleanup: Cleanup;
}

/** Starts a PgBouncer before each of these ports. @returns their own ports, in the same order */
export async function startPgBouncers(targets: readonly number[], place: Place): Promise<Map<number, number>> {
  const ports = await freePorts(targets.length);
  const started = new Map<number, number>();
  for (const [index, target] of targets.entries()) {
    const port = ports[index] ?? 0;
    start(port, target, place);
    started.set(target, port);
  }
  const answers = (port: number) =>
    serverAt(port)
      .run('select 1')
      .then(
        () => true,
        (error: unknown) => !String(error).includes('ECONNREFUSED'), // it listens, and says that its server takes nobody
      );
  for (const port of ports) {
    if (!(await until(() => answers(port), READY_WITHIN_MS))) throw new Error('PgBouncer did not start');
  }
  return started;
}

function start(port: number, target: number, { mode, role, folder, cleanup }: Place): void {
  const own = join(folder, `pgbouncer-${port}`);
  mkdirSync(own);
  const { uid, gid } = ownerOfServers();
  if (uid !== undefined) chownSync(own, uid, gid);
  writeFileSync(join(own, 'users'), `"${role}" ""\n"postgres" ""\n`);
  writeFileSync(join(own, 'pgbouncer.ini'), settingsOf(port, target, mode));
  startProgram('pgbouncer', ['pgbouncer.ini'], { folder: own, log: 'pgbouncer', cleanup });
}

function settingsOf(port: number, target: number, mode: PoolMode): string {
  return `[databases]
* = host=127.0.0.1 port=${target}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = trust
auth_file = users
pool_mode = ${mode}
max_client_conn = 500
default_pool_size = ${mode === 'session' ? SERVER_CONNECTIONS : SHARED_CONNECTIONS}
server_connect_timeout = 3
server_login_retry = 1
query_wait_timeout = 10
tcp_keepidle = 5
tcp_keepintvl = 2
tcp_keepcnt = 3
`;
}
