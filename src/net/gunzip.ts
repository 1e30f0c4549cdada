import { pipeline, Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';

const GZIP_MAGIC = Buffer.from([0x1f, 0x8b]);
const CHUNK_BYTES = 64 * 1024;

/**
 * Decompresses chunks as they come, outside of the event loop. Chunks that are not compressed pass as they are: a server may
 * ignore that a caller accepts gzip. The first chunk must have two bytes.
 * @throws Error when the compressed chunks are damaged or end too early
 */
export async function* gunzipped(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const source = chunks[Symbol.asyncIterator]();
  const first = await source.next();
  if (first.done) return;
  const all = joined(first.value, source);
  if (!first.value.subarray(0, GZIP_MAGIC.length).equals(GZIP_MAGIC)) {
    yield* all;
    return;
  }
  const gunzip = createGunzip({ chunkSize: CHUNK_BYTES });
  // An error of either stream ends the iteration with it.
  pipeline(Readable.from(all), gunzip, () => {});
  yield* gunzip;
}

async function* joined(first: Buffer, rest: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  yield first;
  yield* { [Symbol.asyncIterator]: () => rest };
}
