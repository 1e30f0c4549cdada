import type { FastifyBaseLogger } from 'fastify';
import { FailureLog, type Failures } from './failure-log.ts';
import type { LaneWorker } from './lane-worker.ts';
import { untilEmpty } from './round.ts';
import { Ticker, UNTIL_WOKEN } from './ticker.ts';

/** How one node works on the due rows of one kind. */
export type Work =
  /** In rounds of batches. `batch` claims and runs one, and returns how many rows it had; `full` is the most it has. */
  | { readonly batch: () => Promise<number>; readonly full: number }
  /** Row by row, as messages to merchants are. */
  | { readonly lanes: (failures: Failures) => Pick<LaneWorker<never>, 'wake' | 'isWorking' | 'stop'> };

/** Works on one kind of due rows, on one node: at its start, and whenever it is woken. */
export class Worker {
  readonly name: string;
  readonly #ticker: Ticker;
  readonly #lanes: ReturnType<Extract<Work, { lanes: unknown }>['lanes']> | null;

  /** @param everyMs for rows of which nobody can say when they are due */
  constructor(name: string, work: Work, log: FastifyBaseLogger, everyMs = UNTIL_WOKEN) {
    this.name = name;
    if ('lanes' in work) {
      const lanes = work.lanes(new FailureLog(log, name));
      this.#lanes = lanes;
      this.#ticker = new Ticker(name, async () => lanes.wake(), everyMs, log);
    } else {
      this.#lanes = null;
      this.#ticker = new Ticker(name, (progressed) => untilEmpty(work.batch, work.full, progressed), everyMs, log);
    }
  }

  start(): void {
    this.#ticker.start();
  }

  /** Rows may be due, of this merchant; of anybody if it is not given. */
  wake(merchantId?: string): void {
    if (this.#lanes) this.#lanes.wake(merchantId);
    else this.#ticker.wake();
  }

  /** Whether rows are in hand: they are claimed, so they no longer show as due. */
  get isWorking(): boolean {
    return this.#ticker.isWorking || (this.#lanes?.isWorking ?? false);
  }

  /** How long the round that is under way has made no progress; 0 between rounds. */
  get stillMs(): number {
    return this.#ticker.stillMs;
  }

  /** Claims nothing more, and resolves when every row in hand has ended. */
  async stop(): Promise<void> {
    await Promise.all([this.#ticker.stop(), this.#lanes?.stop()]);
  }
}
