import type { Trx } from '../../src/db/transaction.ts';
import type { JobData, JobName, JobQueue } from '../../src/work/jobs.ts';
import type { TransactionHooks } from './gated-database.ts';

export interface SimJob {
  readonly name: JobName;
  readonly data: JobData[JobName];
}

/** Jobs that wait to be given out; the story takes them from here, twice if it likes. */
export type SimQueue = SimJob[];

/** A node's way into the queue: a job is there when the transaction that enqueued it is committed, and not before. */
export class NodeQueue implements JobQueue, TransactionHooks {
  readonly #queue: SimQueue;
  #uncommitted: SimJob[] = [];

  constructor(queue: SimQueue) {
    this.#queue = queue;
  }

  async enqueue<N extends JobName>(_trx: Trx, name: N, jobs: readonly JobData[N][]): Promise<void> {
    this.#uncommitted.push(...jobs.map((data) => ({ name, data })));
  }

  committed(): void {
    this.#queue.push(...this.#uncommitted);
    this.#uncommitted = [];
  }

  rolledBack(): void {
    this.#uncommitted = [];
  }
}
