import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { setPriority } from 'node:os';

/** Requests matter more than these threads where there are few cores. */
const NICE = 10;

const THREADS = '/proc/self/task';
/** Node's name of V8's helper threads, which collect garbage and compile. */
const COLLECTOR = 'V8Worker';

/**
 * Lets this thread come after those that answer requests. Linux lets a thread have a priority of its own; elsewhere it keeps
 * that of the process.
 */
export function lowerThisThread(): void {
  lower(() => [threadOf(readlinkSync('/proc/thread-self'))]);
}

/**
 * The same for the threads that collect garbage. Beside a large list that is read, four of them took both cores for a fifth of a
 * second each time, and the p99 of cancels was 36 ms; with a lower priority, and longer rests of what reads the list, it was 22.
 */
export function lowerCollectors(): void {
  lower(() =>
    readdirSync(THREADS)
      .filter((id) => nameOf(id) === COLLECTOR)
      .map(Number),
  );
}

function lower(find: () => readonly number[]): void {
  try {
    for (const id of find()) setPriority(id, NICE);
  } catch {
    // Not Linux, or not permitted: the threads keep the priority of the process.
  }
}

function threadOf(path: string): number {
  return Number(path.split('/').at(-1));
}

function nameOf(id: string): string {
  return readFileSync(`${THREADS}/${id}/comm`, 'utf8').trim();
}
