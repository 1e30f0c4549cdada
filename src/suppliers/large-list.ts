import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Game } from '../core/games.ts';
import { lowerCollectors } from '../core/thread-priority.ts';
import { TimeSlices } from '../core/time-slices.ts';
import { EqualTexts } from './equal-texts.ts';
import { differenceOf, type KnownList } from './list-difference.ts';
import type { Listing } from './supplier.ts';
import type { ListChanges, WholeList } from './whole-lists.ts';

export interface ListOptions {
  readonly game: Game;
  /** How many listings of each name are kept. */
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

/** What a thread tells: that it wants more of the list, some of what has changed, or how it ended. */
export type FromThread =
  | { readonly kind: 'more' }
  | { readonly kind: 'changed'; readonly listings: readonly Listing[]; readonly gone: readonly string[] }
  | { readonly kind: 'read'; readonly count: number; readonly known: KnownList }
  | { readonly kind: 'unreadable'; readonly why: string };

export interface ThreadData {
  readonly module: string;
  readonly options: ListOptions;
  readonly before: KnownList | null;
}

/** A thread takes 0.1 s to start. A list that is smaller than this, compressed or not, is read sooner without one. */
const SMALL_BYTES_MAX = 512 * 1024;
/** So much may be on its way to the thread. */
const CHUNKS_AHEAD = 16;
/**
 * A list that needs more ends its thread, and not the gateway. Reading 1.2 million listings and keeping 352,000 of them takes
 * 135 MB.
 */
const HEAP_MAX_MB = 1024;
/** Most of what a thread makes is dropped at once. */
const YOUNG_HEAP_MB = 32;
/** Twice as long as it takes to receive listings once. */
const REST_MS = 3;

/**
 * Reads a list in a thread of its own, unless it is small. Parsing hundreds of megabytes here would make so much garbage in
 * the heap of all requests that collecting it held the event loop for 160 ms.
 * @param before what the list is compared with; null: all of it is told
 * @returns what has changed, or the reason why the list cannot be read whole
 * @throws Error when the chunks cannot be read or decompressed, or the thread has ended before its time
 */
export async function readLargeList(
  module: ListModule,
  options: ListOptions,
  chunks: AsyncIterable<Buffer>,
  before: KnownList | null,
): Promise<ListChanges | string> {
  const source = chunks[Symbol.asyncIterator]();
  const first: Buffer[] = [];
  for (let bytes = 0; bytes < SMALL_BYTES_MAX; ) {
    const next = await source.next();
    if (next.done) return changesOf(await module.readList(options, from(first), new TimeSlices()), before);
    first.push(next.value);
    bytes += next.value.length;
  }
  return new ListThread({ module: module.url, options, before }).read(from(first, source));
}

/** Compares a list that was read with the one before. One that cannot be read stays the reason. */
export function changesOf(list: WholeList | string, before: KnownList | null): ListChanges | string {
  return typeof list === 'string' ? list : { ...differenceOf(list.listings, before), count: list.count };
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
  readonly #texts = new EqualTexts();
  readonly #listings: Listing[] = [];
  readonly #gone: string[] = [];
  readonly #result = Promise.withResolvers<ListChanges | string>();
  #ahead = 0;
  #isOver = false;
  #goOn: () => void = () => {};

  constructor(workerData: ThreadData) {
    lowerCollectors();
    // The same ending as this file: the package has compiled files.
    this.#worker = new Worker(new URL(`./list-thread${extname(import.meta.filename)}`, import.meta.url), {
      workerData,
      resourceLimits: { maxOldGenerationSizeMb: HEAP_MAX_MB, maxYoungGenerationSizeMb: YOUNG_HEAP_MB },
    });
    this.#worker.on('message', (message: FromThread) => this.#onMessage(message));
    this.#worker.on('error', (error) => this.#result.reject(error));
    this.#worker.on('exit', () => this.#result.reject(new Error('the thread that reads the list has ended')));
  }

  async read(chunks: AsyncIterable<Buffer>): Promise<ListChanges | string> {
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
      case 'changed':
        for (const listing of message.listings) this.#listings.push(this.#texts.listing(listing));
        for (const nativeId of message.gone) this.#gone.push(nativeId);
        // Requests have their turn before the next ones come.
        setTimeout(() => this.#tell({ isTaken: true }), REST_MS);
        break;
      case 'read':
        this.#result.resolve({
          listings: this.#listings,
          gone: this.#gone,
          count: message.count,
          known: message.known,
        });
        break;
      case 'unreadable':
        this.#result.resolve(message.why);
    }
  }

  #tell(message: ToThread, moved: ArrayBuffer[] = []): void {
    this.#worker.postMessage(message, moved);
  }
}
