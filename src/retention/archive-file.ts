import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, open, rename, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';

/** Archives are files of JSON lines, compressed with gzip. They hold trade URLs, so only their owner can read them. */

export interface WrittenFile {
  readonly sha256: string;
  readonly bytes: number;
}

/**
 * Writes a file completely, or not at all: under another name first, then synced and renamed, and its folder synced.
 * @throws any error of the file system or of `lines`; what was written so far is under the other name, `<name>.part`
 */
export async function writeArchive(folder: string, name: string, lines: AsyncIterable<string>): Promise<WrittenFile> {
  const path = join(folder, name);
  const part = `${path}.part`;
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const digest = createHash('sha256');
  await pipeline(
    Readable.from(withNewlines(lines)),
    createGzip(),
    async function* (chunks: AsyncIterable<Buffer>) {
      for await (const chunk of chunks) {
        digest.update(chunk);
        yield chunk;
      }
    },
    createWriteStream(part, { mode: 0o600, flush: true }),
  );
  await rename(part, path);
  await syncFolder(dirname(path));
  await syncFolder(folder);
  return { sha256: digest.digest('hex'), bytes: (await stat(path)).size };
}

async function* withNewlines(lines: AsyncIterable<string>): AsyncIterable<string> {
  for await (const line of lines) yield `${line}\n`;
}

/** A renamed file is on the disk when its folder is. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** The SHA-256 digest of a file, in hex. @throws any error of the file system */
export async function digestOf(path: string): Promise<string> {
  const digest = createHash('sha256');
  for await (const chunk of createReadStream(path)) digest.update(chunk);
  return digest.digest('hex');
}

/** The lines of an archive. @throws any error of the file system, or when it is no gzip file */
export async function* readArchive(path: string): AsyncIterable<string> {
  const plain = createGunzip();
  const done = pipeline(createReadStream(path), plain);
  // Its error is thrown at the end; without a listener it would end the process before.
  done.catch(() => {});
  yield* createInterface({ input: plain, crlfDelay: Number.POSITIVE_INFINITY });
  await done;
}
