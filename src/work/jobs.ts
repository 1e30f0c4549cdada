import { fromKysely, PgBoss } from 'pg-boss';
import type { Logger } from 'pino';
import type { Database } from '../db/connect.ts';
import { isUnavailable } from '../db/failure.ts';
import type { Trx } from '../db/transaction.ts';

/**
 * The queues and what their jobs hold. A job is a wake-up that is enqueued in the transaction of what it is about;
 * the truth is in the rows, so a job that comes twice, late or never changes nothing but the time it takes.
 */
export interface JobData {
  'ask-approval': { merchantId: string; tradeId: string };
  'make-purchase': { merchantId: string; purchaseId: string };
  'fill-quick-buys': { merchantId: string; tradeId: string };
  /** `callbackId`: what is to be sent for the first time. */
  'send-callbacks': { merchantId: string; tradeId: string; callbackId?: string };
}

export type JobName = keyof JobData;
export type JobHandler<N extends JobName> = (data: JobData[N]) => Promise<void>;

/** All that operations know of the queue. */
export interface JobQueue {
  /** Enqueues in the caller's transaction: the job exists exactly when what it is about does. */
  enqueue<N extends JobName>(trx: Trx, name: N, jobs: readonly JobData[N][]): Promise<void>;
}

/**
 * Workers of a queue on one node; each takes a batch and works on all of it at once. Jobs about messages to
 * merchants only wake who sends them, so the more of them at once the better.
 */
const workers: Record<JobName, { readonly count: number; readonly batchSize: number }> = {
  'ask-approval': { count: 1, batchSize: 200 },
  'make-purchase': { count: 4, batchSize: 8 },
  'fill-quick-buys': { count: 1, batchSize: 200 },
  'send-callbacks': { count: 1, batchSize: 200 },
};
const names = Object.keys(workers) as JobName[]; // Object.keys forgets the literal type

/** A job of a killed process is given to another after this long; the sweep of due rows is usually sooner. */
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
    });
    this.#boss.on('error', (error) => {
      // A database that is away is told by its connections; each of the queue's workers meets it every two seconds.
      const tell = isUnavailable(error) ? log.debug : log.warn;
      tell.call(log, { err: error }, 'job queue');
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
      // Without it a worker rests after every batch, however many jobs wait: fifty purchases took half a minute.
      burstWhenBatchFull: true,
      pollingIntervalSeconds: 2,
      notifyPollingIntervalSeconds: 5,
    } as const;
    await this.#boss.work<JobData[N], unknown, typeof options>(name, options, (jobs) =>
      Promise.all(jobs.map((job) => this.#run(name, job.id, job.data, handler))),
    );
  }

  /** One job's failure is its own: the others of its batch are done all the same. */
  async #run<N extends JobName>(name: N, id: string, data: JobData[N], handler: JobHandler<N>) {
    try {
      await handler(data);
      return { id, status: 'completed' as const };
    } catch (error) {
      if (!isUnavailable(error)) this.#log.error({ err: error, job: name, data }, 'job failed, it will be tried again');
      return { id, status: 'failed' as const };
    }
  }

  /** Begins no more jobs; enqueuing still works, and running jobs go on. */
  takeNoMore(): void {
    for (const name of names) this.#boss.offWork(name, { wait: false }).catch(() => {}); // `stop` comes in any case
  }

  /** Ends the queue; running jobs may end within the limit, then they are given back to be tried again. */
  async stop(limitMs: number): Promise<void> {
    await this.#boss.stop({ graceful: true, timeout: limitMs, close: true });
  }
}
