import { isUtf8 } from 'node:buffer';
import type { FastifyRequest } from 'fastify';
import { errors } from '../core/errors.ts';
import type { App } from './app-type.ts';

/** US-ASCII is a part of UTF-8. */
const CHARSETS: ReadonlySet<string> = new Set(['utf-8', 'utf8', 'us-ascii', 'ascii']);

/**
 * Parses bodies as JSON in UTF-8, and refuses ambiguous input: bytes that are not UTF-8 would all become the same replacement
 * character, and of two equal keys only the last one would count.
 */
export function readJsonBodies(app: App): void {
  const parseJson = app.getDefaultJsonParser('error', 'error');
  app.removeContentTypeParser('text/plain');
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, bytes, done) => {
    // Fastify's type covers both kinds of `parseAs`; with 'buffer' the body is a Buffer.
    const text = decode(request, bytes as Buffer);
    if (text.trim() === '') throw errors.validationFailed({ body: 'is missing; send a JSON object' });
    void parseJson(request, text, (error, value: unknown) => {
      const repeated = error ? undefined : repeatedKey(text);
      if (repeated === undefined) return done(error, value);
      done(errors.validationFailed({ body: `has the key ${repeated} twice in one object` }), undefined);
    });
  });
}

/** @throws VALIDATION_FAILED for another charset; UNSUPPORTED_MEDIA_TYPE for a compressed body */
function decode({ headers }: FastifyRequest, bytes: Buffer): string {
  const encoding = headers['content-encoding'] ?? 'identity';
  if (encoding !== 'identity') {
    throw errors.of('UNSUPPORTED_MEDIA_TYPE', { message: 'The body must be sent without a Content-Encoding.' });
  }
  const charset = charsetIn(headers['content-type']);
  if (charset !== null && !CHARSETS.has(charset)) {
    throw errors.validationFailed({ body: `must be in UTF-8, but its content type has the charset ${charset}` });
  }
  if (!isUtf8(bytes)) throw errors.validationFailed({ body: 'must be in UTF-8, but contains other bytes' });
  // The decoder removes a byte-order mark.
  return new TextDecoder().decode(bytes);
}

/** The charset of a content type, in lower case and at most 40 characters; null: none. */
function charsetIn(contentType = ''): string | null {
  const [, name] = /;\s*charset\s*=\s*"?([^\s";]{0,40})/i.exec(contentType) ?? [];
  return name?.toLowerCase() ?? null;
}

const TOKEN = /"[^"\\]*(?:\\.[^"\\]*)*"(\s*:)?|[{}]/g;
const KEY_LENGTH_MAX = 40;

/** The first key that occurs twice in an object of this valid JSON text, quoted; undefined: none. */
function repeatedKey(json: string): string | undefined {
  const open: Set<unknown>[] = [];
  for (const [token, colon] of json.matchAll(TOKEN)) {
    if (token === '{') open.push(new Set());
    else if (token === '}') open.pop();
    else if (colon !== undefined) {
      const key: unknown = JSON.parse(token.slice(0, -colon.length));
      const keys = open.at(-1);
      if (keys?.has(key)) return JSON.stringify(String(key).slice(0, KEY_LENGTH_MAX).toWellFormed());
      keys?.add(key);
    }
  }
  return undefined;
}
