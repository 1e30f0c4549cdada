import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Game } from '../core/games.ts';
import { TimeSlices } from '../core/time-slices.ts';
import type { Listing } from './supplier.ts';
import type { WholeList } from './whole-lists.ts';

/** Which list it is, and how many listings of each name are kept of it. */
export interface ListOptions {
  readonly game: Game;
  readonly perName: number;
}

/** A module that reads a marketplace's lists. A thread loads it as well, so it must do nothing but define functions. */
export interface ListModule {
  /** Where the module is. */
  readonly url: string;
  /** @returns what is on sale, or the reason why the list cannot be read whole */
  readList(options: ListOptions, chunks: AsyncIterable<Buffer>, slices: TimeSlices): Promise<WholeList | string>;
}

/** What a thread is told. */
export type ToThread = { readonly chunk: Uint8Array } | { readonly isEnd: true } | { readonly isTaken: true };

/** What a thread tells: that it wants more of the list, some of what is on sale, or how it ended. */
export type FromThread =
  | { readonly kind: 'more' }
  | { readonly kind: 'listings'; readonly listings: readonly Listing[] }
  | { readonly kind: 'read'; readonly count: number }
  | { readonly kind: 'unreadable'; readonly why: string };

export interface ThreadData {
  readonly module: string;
  readonly options: ListOptions;
}

/** A thread takes 0.1 s to start. A list that is smaller than this, compressed or not, is read sooner without one. */
const SMALL_BYTES_MAX = 512 * 1024;
/** So much may be on its way to the thread. */
const CHUNKS_AHEAD = 16;
/**
 * A list that needs more ends its thread, and not the gateway. Reading 1.2 million listings and keeping 341,000 of them takes
 * 280 MB.
 */
const HEAP_MAX_MB = 1024;
/** Most of what a thread makes is dropped at once. */
const YOUNG_HEAP_MB = 32;
/** As long as it takes to receive listings once. */
const REST_MS = 3;

/**
 * Reads a list in a thread of its own, unless it is small. Parsing hundreds of megabytes here would make the garbage of the
 * whole process so large that collecting it held the event loop for 160 ms.
 * @returns what is on sale, or the reason why the list cannot be read whole
 * @throws Error when the chunks cannot be read or decompressed, or the thread has ended before its time
 */
export async function readLargeList(
  module: ListModule,
  options: ListOptions,
  chunks: AsyncIterable<Buffer>,
): Promise<WholeList | string> {
  const source = chunks[Symbol.asyncIterator]();
  const first: Buffer[] = [];
  for (let bytes = 0; bytes < SMALL_BYTES_MAX; ) {
    const next = await source.next();
    if (next.done) return module.readList(options, from(first), new TimeSlices());
    first.push(next.value);
    bytes += next.value.length;
  }
  return new ListThread({ module: module.url, options }).read(from(first, source));
}

async function* from(first: readonly Buffer[], rest?: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  try {
    yield* first;
    if (rest) yield* { [Symbol.asyncIterator]: () => rest };
  } finally {
    // Whoever stops within the first ones wants no others.
    await rest?.return?.();
  }
}

class ListThread {
  readonly #worker: Worker;
  readonly #listings: Listing[] = [];
  readonly #result = Promise.withResolvers<WholeList | string>();
  #ahead = 0;
  #isOver = false;
  #goOn: () => void = () => {};

  constructor(workerData: ThreadData) {
    // The same ending as this file: the package has compiled files.
    this.#worker = new Worker(new URL(`./list-thread${extname(import.meta.filename)}`, import.meta.url), {
      workerData,
      resourceLimits: { maxOldGenerationSizeMb: HEAP_MAX_MB, maxYoungGenerationSizeMb: YOUNG_HEAP_MB },
    });
    this.#worker.on('message', (message: FromThread) => this.#onMessage(message));
    this.#worker.on('error', (error) => this.#result.reject(error));
    this.#worker.on('exit', () => this.#result.reject(new Error('the thread that reads the list has ended')));
  }

  async read(chunks: AsyncIterable<Buffer>): Promise<WholeList | string> {
    this.#send(chunks).catch((error: unknown) => this.#result.reject(error));
    try {
      return await this.#result.promise;
    } finally {
      // Sending ends at the next chunk, and with it what the chunks come from.
      this.#isOver = true;
      this.#goOn();
      await this.#worker.terminate();
    }
  }

  async #send(chunks: AsyncIterable<Buffer>): Promise<void> {
    for await (const chunk of chunks) {
      if (this.#isOver) return;
      // A copy, because a chunk can be a part of a larger buffer.
      const copy = new Uint8Array(chunk);
      this.#tell({ chunk: copy }, [copy.buffer]);
      this.#ahead++;
      if (this.#ahead >= CHUNKS_AHEAD) await new Promise<void>((resolve) => (this.#goOn = resolve));
    }
    this.#tell({ isEnd: true });
  }

  #onMessage(message: FromThread): void {
    switch (message.kind) {
      case 'more':
        this.#ahead--;
        this.#goOn();
        break;
      case 'listings':
        for (const listing of message.listings) this.#listings.push(listing);
        // Requests have their turn before the next ones come.
        setTimeout(() => this.#tell({ isTaken: true }), REST_MS);
        break;
      case 'read':
        this.#result.resolve({ listings: this.#listings, count: message.count });
        break;
      case 'unreadable':
        this.#result.resolve(message.why);
    }
  }

  #tell(message: ToThread, moved: ArrayBuffer[] = []): void {
    this.#worker.postMessage(message, moved);
  }
}
