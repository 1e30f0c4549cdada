const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPENING_BRACE = 0x7b;
const CLOSING_BRACE = 0x7d;
const OPENING_BRACKET = 0x5b;
const CLOSING_BRACKET = 0x5d;

/** A list in the outermost object: the object is open, and the list is. */
const LIST_DEPTH = 2;
/** Far more than an item, or than all that surrounds the list: a body without an end must not be collected. */
const PART_BYTES_MAX = 256 * 1024;
/** The list's name, and blanks around the colon. */
const NAME_BYTES_MAX = 128;

/**
 * Reads a JSON object that comes in chunks and is too large to be held: the items of one of its lists as they come, and
 * the rest at the end. At most one item that is not finished is kept. Only brackets and quotes are looked at here, to find
 * where items end; `JSON.parse` reads all items of a chunk at once, and decides whether they are JSON.
 */
export class JsonItems {
  readonly #listBegins: RegExp;
  readonly #nesting = new Nesting();
  /** The object without the items. */
  #around: Buffer = Buffer.alloc(0);
  /** What was read of the list since the end of the last item. */
  #unfinished: Buffer = Buffer.alloc(0);
  #place: 'before the list' | 'in the list' | 'behind the list' = 'before the list';
  #hasItems = false;

  /** @param listName the list's name: letters, digits and underscores */
  constructor(listName: string) {
    this.#listBegins = new RegExp(`"${listName}"\\s*:\\s*\\[$`);
  }

  /**
   * @param chunk is parsed in one go, and must be small enough for that: a megabyte takes some 10 ms
   * @returns the items that are complete now; null: they are not JSON, or something is too long
   */
  push(chunk: Buffer): unknown[] | null {
    const rest = this.#place === 'before the list' ? this.#readBefore(chunk) : chunk;
    const items = this.#place === 'in the list' ? this.#readItems(rest) : this.#readAround(rest);
    return this.#around.length > PART_BYTES_MAX || this.#unfinished.length > PART_BYTES_MAX ? null : items;
  }

  /** @returns the object, with an empty list; undefined: it ended too early, or had no such list */
  end(): unknown {
    return this.#place === 'behind the list' ? parsed(this.#around.toString('utf8')) : undefined;
  }

  /** @returns what comes behind the list's opening bracket; all, if there is none */
  #readBefore(chunk: Buffer): Buffer {
    for (let at = this.#nesting.next(chunk, 0); at >= 0; at = this.#nesting.next(chunk, at + 1)) {
      if (chunk[at] !== OPENING_BRACKET || this.#nesting.depth !== LIST_DEPTH) continue;
      // Only the end of what came before is looked at: a hostile body can have very many brackets.
      const isNear = at < NAME_BYTES_MAX;
      const near = chunk.subarray(isNear ? 0 : at + 1 - NAME_BYTES_MAX, at + 1);
      const before = isNear ? Buffer.concat([this.#around.subarray(-NAME_BYTES_MAX), near]) : near;
      if (!this.#listBegins.test(before.toString('latin1'))) continue;
      this.#readAround(chunk.subarray(0, at + 1));
      this.#place = 'in the list';
      return chunk.subarray(at + 1);
    }
    return chunk;
  }

  #readAround(chunk: Buffer): unknown[] {
    this.#around = Buffer.concat([this.#around, chunk]);
    return [];
  }

  #readItems(chunk: Buffer): unknown[] | null {
    let end = 0;
    for (let at = this.#nesting.next(chunk, 0); at >= 0; at = this.#nesting.next(chunk, at + 1)) {
      if (this.#nesting.depth === LIST_DEPTH) {
        end = at + 1;
        continue;
      }
      this.#place = 'behind the list';
      this.#readAround(chunk.subarray(at));
      return this.#parseItems(chunk.subarray(0, at));
    }
    if (end === 0) {
      this.#unfinished = Buffer.concat([this.#unfinished, chunk]);
      return [];
    }
    const items = this.#parseItems(chunk.subarray(0, end));
    this.#unfinished = chunk.subarray(end);
    return items;
  }

  #parseItems(bytes: Buffer): unknown[] | null {
    const text = Buffer.concat([this.#unfinished, bytes]).toString('utf8');
    // The text begins with a comma, unless it has the first item.
    const items = parsed(this.#hasItems ? `[0${text}]` : `[${text}]`);
    if (!Array.isArray(items)) return null;
    if (this.#hasItems) items.shift();
    this.#hasItems ||= items.length > 0;
    return items;
  }
}

/** Follows how deep a JSON text is nested. */
class Nesting {
  depth = 0;
  #isInText = false;
  #isEscaped = false;

  /** @returns where the next bracket is behind which the depth is at most that of the list; -1: not in these bytes */
  next(bytes: Buffer, from: number): number {
    // In local variables, because this is done for each byte.
    let { depth } = this;
    let [isInText, isEscaped] = [this.#isInText, this.#isEscaped];
    let found = -1;
    for (let at = from; at < bytes.length; at++) {
      const byte = bytes[at];
      if (isInText) {
        if (isEscaped) isEscaped = false;
        else if (byte === BACKSLASH) isEscaped = true;
        else if (byte === QUOTE) isInText = false;
        continue;
      }
      if (byte === QUOTE) isInText = true;
      else if (byte === OPENING_BRACE || byte === OPENING_BRACKET) depth++;
      else if (byte === CLOSING_BRACE || byte === CLOSING_BRACKET) depth--;
      else continue;
      if (isInText || depth > LIST_DEPTH) continue;
      found = at;
      break;
    }
    this.depth = depth;
    this.#isInText = isInText;
    this.#isEscaped = isEscaped;
    return found;
  }
}

/** undefined: it is not JSON. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
