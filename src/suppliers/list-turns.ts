import pLimit from 'p-limit';
import { MINUTE_MS } from '../core/clock.ts';

/** A marketplace that sends its list slowly must not make the listings of the others look old. */
export const TURN_MAX_MS = MINUTE_MS;

/**
 * Lets a gateway read one large list after the other. Each thread that reads one takes 130 MB and the better part of a
 * core.
 */
export class ListTurns {
  readonly #turns = pLimit(1);

  /**
   * Waits until no list is being read, or for a minute for each one before it.
   * @param read settles at the end of the list
   */
  next<T>(read: () => Promise<T>): Promise<T> {
    const result = Promise.withResolvers<T>();
    void this.#turns(async () => {
      const reading = read();
      result.resolve(reading);
      await endOf(reading);
    });
    return result.promise;
  }
}

/** Resolves when the list was read, could not be read, or takes too long. */
async function endOf(reading: Promise<unknown>): Promise<void> {
  const end = Promise.withResolvers<void>();
  const tooLong = setTimeout(end.resolve, TURN_MAX_MS);
  reading.then(
    () => end.resolve(),
    () => end.resolve(),
  );
  await end.promise;
  clearTimeout(tooLong);
}
