import type { PGlite } from '@electric-sql/pglite';
import { sql } from 'kysely';
import { pino } from 'pino';
import { loadConfig } from '../../src/config.ts';
import type { Trx } from '../../src/db/transaction.ts';
import type { Deps } from '../../src/deps.ts';
import type { JobData, JobName, JobQueue } from '../../src/jobs/jobs.ts';
import { createMetrics } from '../../src/metrics.ts';
import { SecretBox } from '../../src/secrets.ts';
import { Signals } from '../../src/signals.ts';
import { SupplierRegistry } from '../../src/suppliers/registry.ts';
import type { Faults } from './faults.ts';
import { gatedDatabase } from './gated-database.ts';
import type { Scheduler, SimProcess } from './scheduler.ts';
import type { StillClock, simSupplier } from './supplier.ts';

/** What the simulated nodes share. */
export interface Shared {
  readonly pglite: PGlite;
  readonly scheduler: Scheduler;
  readonly faults: Faults;
  readonly clock: StillClock;
  supplierFor(process: SimProcess): ReturnType<typeof simSupplier>;
}

export interface SimNode {
  readonly process: SimProcess;
  readonly deps: Deps;
}

const config = loadConfig({ SUPPLIER_TIMEOUT_MS: '2000' });
const secrets = new SecretBox('00'.repeat(32));
const log = pino({ level: 'silent' });
const metrics = createMetrics();

/** A gateway process: the real operations on a database, a supplier and a queue that the scheduler holds the strings of. */
export function startNode(name: string, shared: Shared): SimNode {
  const process = { name, isAlive: true };
  const { pglite, scheduler, faults, clock } = shared;
  const deps: Deps = {
    config,
    db: gatedDatabase(pglite, scheduler, process, faults),
    jobs: transactionalQueue,
    suppliers: new SupplierRegistry([shared.supplierFor(process)]),
    clock,
    log,
    metrics,
    secrets,
    signals: new Signals(),
  };
  return { process, deps };
}

/** The jobs of a run lie in a table of their own; the story takes them from there, twice if it likes. */
export const SIM_JOB_TABLE = 'create table sim_job (id serial primary key, merchant_id text, name text, data jsonb)';

const transactionalQueue: JobQueue = {
  async enqueue<N extends JobName>(trx: Trx, name: N, jobs: readonly JobData[N][]): Promise<void> {
    for (const data of jobs) {
      await sql`insert into sim_job (merchant_id, name, data)
        values (${data.merchantId}, ${name}, ${JSON.stringify(data)}::jsonb)`.execute(trx);
    }
  },
};
