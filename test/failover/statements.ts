/** Bytes of a message's type and length. */
const HEAD_BYTES = 5;
/** The first message of a connection has no type. */
const STARTUP_HEAD_BYTES = 4;

/** A statement that a client sends to be run. */
export interface SentStatement {
  readonly text: string;
  /** A transaction was open before it. */
  readonly isInTransaction: boolean;
  /** What the open transaction has sent so far, this statement included. */
  readonly transaction: readonly string[];
}

/** Reads what one client of PostgreSQL sends, and tells the statements in it, also those that were prepared before. */
export class StatementReader {
  readonly #prepared = new Map<string, string>();
  #rest = Buffer.alloc(0);
  #isStarted = false;
  #transaction: string[] = [];

  /** @returns the statements whose messages end in these bytes */
  read(chunk: Buffer): SentStatement[] {
    this.#rest = Buffer.concat([this.#rest, chunk]);
    const statements: SentStatement[] = [];
    for (let message = this.#next(); message; message = this.#next()) {
      const text = this.#textOf(message);
      if (text !== null) statements.push(this.#sent(text));
    }
    return statements;
  }

  #next(): Buffer | null {
    const head = this.#isStarted ? HEAD_BYTES : STARTUP_HEAD_BYTES;
    if (this.#rest.length < head) return null;
    const length = this.#rest.readUInt32BE(head - 4) + head - 4;
    if (this.#rest.length < length) return null;
    const message = this.#rest.subarray(0, length);
    this.#rest = this.#rest.subarray(length);
    if (this.#isStarted) return message;
    this.#isStarted = true;
    return this.#next();
  }

  /** `Q` runs a text, `P` prepares one under a name, `B` binds values to a prepared one to run it. */
  #textOf(message: Buffer): string | null {
    const [first = '', second = ''] = message.toString('latin1', HEAD_BYTES).split('\0', 2);
    switch (String.fromCharCode(message[0] ?? 0)) {
      case 'Q':
        return first;
      case 'P':
        this.#prepared.set(first, second);
        return null;
      case 'B':
        return this.#prepared.get(second) ?? '';
      default:
        return null;
    }
  }

  #sent(text: string): SentStatement {
    const isInTransaction = this.#transaction.length > 0;
    if (isInTransaction || /^\s*(begin|start transaction)\b/i.test(text)) this.#transaction.push(text);
    const sent = { text, isInTransaction, transaction: [...this.#transaction] };
    if (/^\s*(commit|rollback)\b/i.test(text)) this.#transaction = [];
    return sent;
  }
}
