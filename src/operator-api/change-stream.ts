import { Readable } from 'node:stream';
import type { Signals } from '../core/signals.ts';

/** In a busy hour something changes many times in a second, which nobody can read. */
const HINT_EVERY_MS = 1000;
/** Then a stream ends, and the browser opens the next one, which asks again who is signed in. */
const STREAM_MAX_MS = 60_000;
/** How soon a browser opens the next one. */
const HEAD = `retry: ${HINT_EVERY_MS}\n\n`;
const HINT = 'event: changed\ndata: {}\n\n';

/** Server-sent events that something has changed. They say no more: what it is, a browser asks for as ever. */
class ChangeStream extends Readable {
  readonly #end: NodeJS.Timeout;
  #next: NodeJS.Timeout | null = null;
  #isDue = false;
  #isOver = false;

  constructor() {
    super();
    this.push(HEAD);
    this.#end = setTimeout(() => this.finish(), STREAM_MAX_MS);
  }

  override _read(): void {
    // What there is to send is pushed when it happens.
  }

  /** Sends a hint at once, or with those that come within the same second. */
  hint(): void {
    // Until a slow reader has taken the end, the stream is still open.
    if (this.#isOver) return;
    this.#isDue = true;
    if (this.#next === null) this.#send();
  }

  #send(): void {
    this.#next = null;
    if (!this.#isDue) return;
    this.#isDue = false;
    this.push(HINT);
    this.#next = setTimeout(() => this.#send(), HINT_EVERY_MS);
  }

  finish(): void {
    if (this.#isOver) return;
    this.#clear();
    this.push(null);
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#clear();
    done(error);
  }

  #clear(): void {
    clearTimeout(this.#end);
    if (this.#next) clearTimeout(this.#next);
    this.#isDue = false;
    this.#isOver = true;
  }
}

/** The open streams of a node. They tell what this node does; a browser sees what others do when it asks next. */
export class ChangeStreams {
  readonly #open = new Map<ChangeStream, string | undefined>();
  #isStopping = false;

  constructor(signals: Signals) {
    const tell = ({ merchantId }: { readonly merchantId: string }) => this.#tell(merchantId);
    signals.on('tradeOpened', tell);
    signals.on('callbackWritten', tell);
  }

  /** @param merchantId whose changes are told; undefined: those of all merchants */
  open(merchantId: string | undefined): Readable {
    const stream = new ChangeStream();
    this.#open.set(stream, merchantId);
    stream.once('close', () => this.#open.delete(stream));
    if (this.#isStopping) stream.finish();
    return stream;
  }

  /** Ends all streams, which a stop would otherwise wait for. */
  stop(): void {
    this.#isStopping = true;
    for (const stream of this.#open.keys()) stream.finish();
  }

  #tell(merchantId: string): void {
    for (const [stream, of] of this.#open) if (of === undefined || of === merchantId) stream.hint();
  }
}
