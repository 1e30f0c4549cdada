import { fstatSync } from 'node:fs';
import { destination } from 'pino';
import { escapeInvisible } from './visible.ts';

/** About 20,000 lines. When the reader of the pipe is further behind, lines are dropped and counted. */
const QUEUE_MAX_BYTES = 4_000_000;

/** The log goes to standard error; standard output holds the start-up text. */
export interface LogStream {
  write(line: string): void;
}

/**
 * Opens the log so that a slow or dead reader cannot block the gateway. Lines for a pipe wait in memory up to a limit;
 * lines for a file or a terminal are written by another thread.
 */
export function openLogStream(): LogStream {
  const target = isPipe() ? new PipedLog() : destination({ dest: 2, sync: false });
  // Names come from merchants and suppliers and must not send control sequences to a terminal.
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
    // The reader has closed the pipe. The gateway keeps running without a log.
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
    if (this.#dropped > 0) this.#reportDropped();
    process.stderr.write(line);
  }

  #reportDropped(): void {
    const msg = 'log lines were dropped because the reader of the log was too slow';
    process.stderr.write(`${JSON.stringify({ level: 40, time: Date.now(), dropped: this.#dropped, msg })}\n`);
    this.#dropped = 0;
  }
}

/** @returns whether everything written to standard output and error was read within `limitMs` */
export async function waitForOutput(limitMs: number): Promise<boolean> {
  const isRead = () => process.stdout.writableLength === 0 && process.stderr.writableLength === 0;
  for (const end = performance.now() + limitMs; !isRead() && performance.now() < end; ) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  return isRead();
}
