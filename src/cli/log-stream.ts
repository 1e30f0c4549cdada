import { fstatSync } from 'node:fs';
import { destination } from 'pino';
import { escapeInvisible } from './visible.ts';

/** Lines that wait for their reader, about 20,000 of them. Beyond that, lines are dropped and counted. */
const QUEUE_MAX_BYTES = 4_000_000;

/** Where the log goes: to standard error, since standard output holds what a person reads at the start. */
export interface LogStream {
  write(line: string): void;
}

/**
 * Opens the log so that nobody who reads it, or no longer does, can hold up the gateway. What is written to a pipe
 * waits in memory, up to a limit; what is written to a file or a terminal is written by another thread.
 */
export function openLogStream(): LogStream {
  const target = isPipe() ? new PipedLog() : destination({ dest: 2, sync: false });
  // Names come from merchants and suppliers, and the log is read in terminals.
  return { write: (line) => void target.write(escapeInvisible(line)) };
}

function isPipe(): boolean {
  const stats = fstatSync(2);
  return stats.isFIFO() || stats.isSocket();
}

class PipedLog implements LogStream {
  #dropped = 0;
  #isGone = false;

  constructor() {
    // The reader has ended: there is nobody to tell, and no reason to end as well.
    process.stderr.on('error', () => {
      this.#isGone = true;
    });
  }

  write(line: string): void {
    if (this.#isGone) return;
    if (process.stderr.writableLength > QUEUE_MAX_BYTES) {
      this.#dropped += 1;
      return;
    }
    if (this.#dropped > 0) this.#tellDropped();
    process.stderr.write(line);
  }

  #tellDropped(): void {
    const msg = 'log lines were dropped, because nobody read them in time';
    process.stderr.write(`${JSON.stringify({ level: 40, time: Date.now(), dropped: this.#dropped, msg })}\n`);
    this.#dropped = 0;
  }
}

/** @returns whether all that was written to a pipe was also read within `limitMs` */
export async function outputIsRead(limitMs: number): Promise<boolean> {
  const isRead = () => process.stdout.writableLength === 0 && process.stderr.writableLength === 0;
  for (const end = performance.now() + limitMs; !isRead() && performance.now() < end; ) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  return isRead();
}
