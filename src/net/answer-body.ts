import type { IncomingHttpHeaders } from 'node:http';
import {
  brotliDecompressSync,
  constants,
  gunzipSync,
  inflateRawSync,
  inflateSync,
  type ZlibOptions,
  zstdDecompressSync,
} from 'node:zlib';

/** The body of an HTTP answer: whole and decoded, or why it cannot be read. */
export type AnswerBody =
  | { readonly text: string /** Whether its `Content-Type` says that it is JSON. */; readonly isSaidToBeJson: boolean }
  | { readonly unreadable: string };

/** The bytes that came, and what went wrong before the end; null: nothing. */
export interface BodyBytes {
  readonly bytes: Buffer;
  readonly problem: string | null;
}

/** More than two encodings, one over the other, are an attack and no answer. */
const LAYERS_MAX = 2;
/** The window of a zstd stream as a power of two, which limits the memory that it needs. */
const ZSTD_WINDOW_LOG_MAX = 20;

/**
 * Reads a body up to a number of bytes, and for no longer than `waitMs` when that is given. Never throws: the answer's
 * status is valid even if its body is not.
 */
export async function readBody(
  body: AsyncIterable<Buffer> & { destroy(error: Error): unknown },
  { maxBytes, waitMs }: { readonly maxBytes: number; readonly waitMs?: number },
): Promise<BodyBytes> {
  const chunks: Buffer[] = [];
  let size = 0;
  const cutOff = () => body.destroy(new Error('the rest of the answer did not come'));
  const timer = waitMs === undefined ? null : setTimeout(cutOff, waitMs);
  try {
    for await (const chunk of body) {
      chunks.push(chunk);
      size += chunk.length;
      if (size > maxBytes) break;
    }
    return { bytes: Buffer.concat(chunks), problem: size > maxBytes ? 'the answer is too long to be read' : null };
  } catch (error) {
    const cause = error instanceof Error ? error.message : String(error);
    return { bytes: Buffer.concat(chunks), problem: `the answer did not come whole: ${cause}` };
  } finally {
    if (timer) clearTimeout(timer);
  }
}

/** Undoes `Content-Encoding` and charset. The result has at most `maxBytes`, so a compression bomb does no harm. */
export function decodeBody({ bytes, problem }: BodyBytes, headers: IncomingHttpHeaders, maxBytes: number): AnswerBody {
  if (problem !== null) return { unreadable: problem };
  const type = String(headers['content-type'] ?? '');
  try {
    const plain = decompress(bytes, encodingsOf(headers, bytes), maxBytes);
    const text = new TextDecoder(charsetOf(plain, type)).decode(plain).replace(/^\uFEFF+/, '');
    return { text, isSaidToBeJson: /[/+]json\b/i.test(type) };
  } catch (error) {
    return { unreadable: `the answer cannot be decoded: ${error instanceof Error ? error.message : String(error)}` };
  }
}

/** The beginning of a body, decoded if possible, to be shown. NUL is removed, as it cannot be stored as text. */
export function excerptOf({ bytes }: BodyBytes, body: AnswerBody, maxLength: number): string {
  const text = 'text' in body ? body.text : bytes.subarray(0, maxLength).toString('utf8');
  return text.slice(0, maxLength).replaceAll('\0', '').toWellFormed();
}

/**
 * The encodings, in the order in which to undo them. Some servers send gzip without naming it; its first bytes show it.
 */
function encodingsOf(headers: IncomingHttpHeaders, bytes: Buffer): string[] {
  const named = String(headers['content-encoding'] ?? '')
    .toLowerCase()
    .split(',');
  const encodings = named.map((name) => name.trim()).filter((name) => name !== '' && name !== 'identity');
  const isBareGzip = encodings.length === 0 && bytes[0] === 0x1f && bytes[1] === 0x8b;
  return isBareGzip ? ['gzip'] : encodings.reverse();
}

function decompress(bytes: Buffer, encodings: readonly string[], maxBytes: number): Buffer {
  // Some servers name the encoding of an empty body.
  if (bytes.length === 0) return bytes;
  if (encodings.length > LAYERS_MAX) throw new Error('it is encoded too often');
  return encodings.reduce((encoded, encoding) => undo(encoding, encoded, { maxOutputLength: maxBytes }), bytes);
}

function undo(encoding: string, bytes: Buffer, limit: ZlibOptions): Buffer {
  if (encoding === 'gzip' || encoding === 'x-gzip') return gunzipSync(bytes, limit);
  if (encoding === 'deflate') return inflate(bytes, limit);
  if (encoding === 'br') return brotliDecompressSync(bytes, { maxOutputLength: limit.maxOutputLength });
  if (encoding === 'zstd') {
    const params = { [constants.ZSTD_d_windowLogMax]: ZSTD_WINDOW_LOG_MAX };
    return zstdDecompressSync(bytes, { maxOutputLength: limit.maxOutputLength, params });
  }
  throw new Error(`its encoding ${encoding.slice(0, 40)} is not known`);
}

/** The standard asks for a zlib stream; some servers send a raw one. */
function inflate(bytes: Buffer, limit: ZlibOptions): Buffer {
  try {
    return inflateSync(bytes, limit);
  } catch {
    return inflateRawSync(bytes, limit);
  }
}

/** A byte order mark takes precedence over the header. Without both, NULs show a UTF-16 text that begins with ASCII. */
function charsetOf(bytes: Buffer, contentType: string): string {
  const [first, second, third] = bytes;
  if (first === 0xef && second === 0xbb && third === 0xbf) return 'utf-8';
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  if (first === 0xfe && second === 0xff) return 'utf-16be';
  const named = /;\s*charset\s*=\s*["']?([^\s;"']+)/i.exec(contentType)?.[1];
  if (named !== undefined) return named;
  if (first === 0 && second !== 0) return 'utf-16be';
  return first !== 0 && second === 0 ? 'utf-16le' : 'utf-8';
}
