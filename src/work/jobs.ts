import { fromKysely, PgBoss } from 'pg-boss';
import type { Logger } from 'pino';
import type { Database } from '../db/connect.ts';
import { isUnavailable } from '../db/failure.ts';
import type { Trx } from '../db/transaction.ts';

/**
 * The queues and the data of their jobs. A job wakes a worker, and is enqueued in the transaction that makes a row due.
 * The row holds the work, so a job that arrives twice, late or never changes only how long the work takes.
 */
export interface JobData {
  'ask-approval': { merchantId: string; tradeId: string };
  'make-purchase': { merchantId: string; purchaseId: string };
  /** `calls`: how many there were when the repeat became due. */
  'repeat-purchase': { merchantId: string; purchaseId: string; calls: number };
  'fill-quick-buys': { merchantId: string; tradeId: string };
  /** `callbackId`: the callback that is sent for the first time. */
  'send-callbacks': { merchantId: string; tradeId: string; callbackId?: string };
}

export type JobName = keyof JobData;
export type JobHandler<N extends JobName> = (data: JobData[N]) => Promise<void>;

/** What operations use of the queue. */
export interface JobQueue {
  /** Enqueues in the caller's transaction: there is a job if the transaction is committed. */
  enqueue<N extends JobName>(trx: Trx, name: N, jobs: readonly JobData[N][]): Promise<void>;
}

/**
 * Workers of a queue on one node; each takes a batch and works on all of its jobs at once. Jobs about messages to
 * merchants only wake their worker, so their batches are large.
 */
const workers: Record<JobName, { readonly count: number; readonly batchSize: number }> = {
  'ask-approval': { count: 1, batchSize: 200 },
  'make-purchase': { count: 4, batchSize: 8 },
  'repeat-purchase': { count: 1, batchSize: 8 },
  'fill-quick-buys': { count: 1, batchSize: 200 },
  'send-callbacks': { count: 1, batchSize: 200 },
};
const names = Object.keys(workers) as JobName[]; // the type of Object.keys is string[]

/** After this long, a job of a killed process is given to another process; usually the row has been claimed before. */
const EXPIRE_SECONDS = 60;

/** pg-boss, with the names and shapes of our jobs and nothing else. */
export class Jobs implements JobQueue {
  readonly #boss: PgBoss;
  readonly #log: Logger;

  constructor(database: Database, log: Logger) {
    this.#log = log;
    this.#boss = new PgBoss({
      db: database.jobs,
      backend: database.kind,
      useListenNotify: database.jobs.listen !== undefined,
      schedule: false,
      monitorVacuum: false,
      // No job waits for another one.
      flowIntervalSeconds: 3600,
    });
    this.#boss.on('error', (error) => {
      // When the database is away, its connections log it; each of the queue's workers fails every two seconds.
      const write = isUnavailable(error) ? log.debug : log.warn;
      write.call(log, { err: error }, 'the job queue failed; it goes on by itself');
    });
  }

  async start(): Promise<void> {
    await this.#boss.start();
    for (const name of names) {
      await this.#boss.createQueue(name, {
        notify: true,
        retryLimit: 3,
        retryDelay: 1,
        retryBackoff: true,
        expireInSeconds: EXPIRE_SECONDS,
        deleteAfterSeconds: 3600,
      });
    }
  }

  async enqueue<N extends JobName>(trx: Trx, name: N, jobs: readonly JobData[N][]): Promise<void> {
    if (jobs.length === 0) return;
    await this.#boss.insert(
      name,
      jobs.map((data) => ({ data })),
      { db: fromKysely(trx), returnId: false },
    );
  }

  async work<N extends JobName>(name: N, handler: JobHandler<N>): Promise<void> {
    const options = {
      localConcurrency: workers[name].count,
      batchSize: workers[name].batchSize,
      perJobResults: true,
      // Without it a worker pauses after every batch, however many jobs wait: fifty purchases took half a minute.
      burstWhenBatchFull: true,
      pollingIntervalSeconds: 2,
      // A lost notification: the watch of due rows has found them long before.
      notifyPollingIntervalSeconds: 30,
    } as const;
    await this.#boss.work<JobData[N], unknown, typeof options>(name, options, (jobs) =>
      Promise.all(jobs.map((job) => this.#run(name, job.id, job.data, handler))),
    );
  }

  /** A job that fails does not keep the others of its batch from being done. */
  async #run<N extends JobName>(name: N, id: string, data: JobData[N], handler: JobHandler<N>) {
    try {
      await handler(data);
      return { id, status: 'completed' as const };
    } catch (error) {
      if (!isUnavailable(error))
        this.#log.error({ err: error, job: name, data }, 'a job failed; the queue tries it again');
      return { id, status: 'failed' as const };
    }
  }

  /** Starts no more jobs; enqueuing still works, and running jobs go on. */
  takeNoMore(): void {
    for (const name of names) this.#boss.offWork(name, { wait: false }).catch(() => {}); // `stop` follows in any case
  }

  /** Ends the queue. Running jobs may end within the limit; after it they are returned to the queue. */
  async stop(limitMs: number): Promise<void> {
    await this.#boss.stop({ graceful: true, timeout: limitMs, close: true });
  }
}
