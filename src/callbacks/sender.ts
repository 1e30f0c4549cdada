import type { Deps } from '../deps.ts';
import type { Failures } from '../work/failure-log.ts';
import { LaneWorker } from '../work/lane-worker.ts';
import { type ClaimedCallback, claimCallbacks, merchantsWithCallbacks } from './claim.ts';
import { targetFrom } from './endpoint.ts';
import { failureOf, isSuccess, noReply, postSigned } from './post.ts';
import { type Attempt, type Outcome, type Recorded, recordOutcomes } from './record.ts';

/**
 * Sends the callbacks that are due, on one node, in the lanes of their merchants.
 * @param failures is told when the database fails; what was due stays due
 */
export function callbackSender(deps: Deps, failures: Failures): LaneWorker<ClaimedCallback> {
  const recorder = new Recorder(
    (outcomes) => recordOutcomes(deps, outcomes),
    (error) => failures.failed(error),
  );
  return new LaneWorker<ClaimedCallback>({
    find: () => merchantsWithCallbacks(deps),
    claim: (turns) => claimCallbacks(deps, turns),
    run: async (callback) => {
      const attempt = await attemptCallback(deps, callback);
      const { hasNext } = await recorder.add({ callback, attempt });
      return { isWell: attempt.isAccepted, hasNext };
    },
    failures,
  });
}

/** Makes one attempt. 2xx within the time limit is success; everything else is not. Never throws. */
async function attemptCallback(deps: Deps, callback: ClaimedCallback): Promise<Attempt> {
  try {
    const target = targetFrom(deps, callback.merchant_id, callback);
    if ('missing' in target) return notSent(deps, target.missing);
    const reply = await postSigned(deps, target, callback, { timeoutMs: deps.config.callbackTimeoutMs });
    const isAccepted = isSuccess(reply);
    return { ...reply, isAccepted, url: target.url, failure: isAccepted ? null : failureOf(reply) };
  } catch (error) {
    deps.log.error({ err: error, merchantId: callback.merchant_id }, 'a callback could not be signed');
    return notSent(deps, 'it could not be signed');
  }
}

function notSent({ clock }: Deps, failure: string): Attempt {
  return { ...noReply(clock.now()), isAccepted: false, url: null, failure };
}

/** About as many as end while one batch is written; more would make the first of them wait for a long statement. */
const BATCH_MAX = 128;

interface Waiting {
  readonly outcome: Outcome;
  readonly done: (recorded: Recorded) => void;
}

/**
 * Records outcomes in batches: those that come while one batch is being written make up the next. So many outcomes need
 * one statement and one commit, and none waits for others to come.
 */
class Recorder {
  readonly #record: (outcomes: readonly Outcome[]) => Promise<readonly Recorded[]>;
  readonly #onFailure: (error: unknown) => void;
  readonly #waiting: Waiting[] = [];
  #isWriting = false;

  constructor(
    record: (outcomes: readonly Outcome[]) => Promise<readonly Recorded[]>,
    onFailure: (error: unknown) => void,
  ) {
    this.#record = record;
    this.#onFailure = onFailure;
  }

  /** Resolves when the outcome is written, or when that failed: then the lease ends and the callback is sent again. */
  add(outcome: Outcome): Promise<Recorded> {
    return new Promise((done) => {
      this.#waiting.push({ outcome, done });
      if (!this.#isWriting) void this.#write();
    });
  }

  async #write(): Promise<void> {
    this.#isWriting = true;
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0, BATCH_MAX);
      const recorded = await this.#attempt(batch.map(({ outcome }) => outcome));
      batch.forEach(({ done }, index) => {
        done(recorded[index] ?? { hasNext: false });
      });
    }
    this.#isWriting = false;
  }

  async #attempt(outcomes: readonly Outcome[]): Promise<readonly Recorded[]> {
    try {
      return await this.#record(outcomes);
    } catch (error) {
      this.#onFailure(error);
      return [];
    }
  }
}
