const SIGNALS = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const;

/**
 * One stop comes as several signals: npm passes on what a terminal or a service manager has sent to all processes, and
 * a manager may send SIGHUP right after SIGTERM. Only a signal that comes later than this is somebody's impatience.
 */
const SAME_STOP_MS = 1000;
const LOOK_AT_PARENT_EVERY_MS = 1000;

/** What ends the gateway. Signals are taken from the very beginning, so that none ends it half-way. */
export class StopSignals {
  /** The first one. */
  readonly first: Promise<NodeJS.Signals>;
  #firstAt = Number.POSITIVE_INFINITY;
  #onImpatience: () => void = () => {};

  constructor() {
    const { promise, resolve } = Promise.withResolvers<NodeJS.Signals>();
    this.first = promise;
    for (const signal of SIGNALS) {
      process.on(signal, () => {
        this.#firstAt = Math.min(this.#firstAt, performance.now());
        resolve(signal);
        // A terminal that goes away says so more than once, and means nothing by it.
        const isImpatience = signal !== 'SIGHUP' && performance.now() - this.#firstAt > SAME_STOP_MS;
        if (isImpatience) this.#onImpatience();
      });
    }
  }

  /**
   * npm does not pass on every signal, and leaves the gateway behind when it is killed. Then the gateway stops too, as
   * if its terminal had gone.
   */
  followNpm(): void {
    if (process.env['npm_lifecycle_event'] === undefined) return;
    const parent = process.ppid;
    const timer = setInterval(() => {
      if (process.ppid === parent) return;
      clearInterval(timer);
      process.kill(process.pid, 'SIGHUP');
    }, LOOK_AT_PARENT_EVERY_MS);
    timer.unref();
  }

  /** What a second signal does, once the stop has begun. */
  onImpatience(act: () => void): void {
    this.#onImpatience = act;
  }
}
