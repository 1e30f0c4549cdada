const SIGNALS = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const;

/**
 * One stop can arrive as several signals: npm forwards a signal that a terminal or service manager has sent to all
 * processes, and a service manager may send SIGHUP right after SIGTERM. A signal within this time is the same stop.
 */
const SAME_STOP_MS = 1000;
const PARENT_POLL_INTERVAL_MS = 1000;

/** The signals that stop the gateway. They are handled from the start, so that none ends the process during start-up. */
export class StopSignals {
  /** Resolves with the first signal. */
  readonly first: Promise<NodeJS.Signals>;
  #firstAt = Number.POSITIVE_INFINITY;
  #onSecondSignal: () => void = () => {};

  constructor() {
    const { promise, resolve } = Promise.withResolvers<NodeJS.Signals>();
    this.first = promise;
    for (const signal of SIGNALS) {
      process.on(signal, () => {
        this.#firstAt = Math.min(this.#firstAt, performance.now());
        resolve(signal);
        // A closing terminal can send SIGHUP more than once.
        const isSecondStop = signal !== 'SIGHUP' && performance.now() - this.#firstAt > SAME_STOP_MS;
        if (isSecondStop) this.#onSecondSignal();
      });
    }
  }

  /**
   * npm does not forward every signal, and the gateway outlives npm when npm is killed. When the parent process is gone,
   * the gateway stops as if its terminal had closed.
   */
  followNpm(): void {
    if (process.env['npm_lifecycle_event'] === undefined) return;
    const parent = process.ppid;
    const timer = setInterval(() => {
      if (process.ppid === parent) return;
      clearInterval(timer);
      process.kill(process.pid, 'SIGHUP');
    }, PARENT_POLL_INTERVAL_MS);
    timer.unref();
  }

  /** Sets the handler of a second signal, after the stop has begun. */
  onSecondSignal(act: () => void): void {
    this.#onSecondSignal = act;
  }
}
