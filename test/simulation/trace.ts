import { createHash } from 'node:crypto';

const TAIL_LINES = 30;

/** What happened in a story, line by line. Two plays of a seed are the same when their hashes are. */
export class Trace {
  readonly #hash = createHash('sha256');
  readonly #print: boolean;
  readonly #tail: string[] = [];

  /** @param print writes every line out as it comes */
  constructor(print: boolean) {
    this.#print = print;
  }

  line(text: string): void {
    this.#hash.update(`${text}\n`);
    this.#tail.push(text);
    if (this.#tail.length > TAIL_LINES) this.#tail.shift();
    if (this.#print) console.log(text);
  }

  /** The last lines, for a story that went wrong. */
  get tail(): string {
    return this.#tail.join('\n');
  }

  /** Over all lines so far. */
  get hash(): string {
    return this.#hash.copy().digest('hex').slice(0, 16);
  }
}
