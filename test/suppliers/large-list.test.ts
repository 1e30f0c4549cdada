import { hash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { TimeSlices } from '../../src/core/time-slices.ts';
import { changesOf, type ListModule, readLargeList } from '../../src/suppliers/large-list.ts';
import * as priceList from '../../src/suppliers/lis-skins/price-list.ts';
import type { KnownList } from '../../src/suppliers/list-difference.ts';
import * as snapshot from '../../src/suppliers/waxpeer/snapshot.ts';
import type { ListChanges } from '../../src/suppliers/whole-lists.ts';

const OPTIONS = { game: '730', perName: 3 } as const;
const CHUNK_BYTES = 10_000;
const LISTINGS = 12_000;
const NAMES = 900;

const nameOf = (index: number) => `AK-47 | Number ${index % NAMES} (Field-Tested)`;
const numbers = Array.from({ length: LISTINGS }, (_, index) => index);

/** 1.4 MB, compressed 0.1 MB, so that it is sent as it is. */
const offers = numbers.map((index) => ({
  id: index + 1,
  name: nameOf(index),
  price: ((index * 7) % 1000) + 1,
  delivery_type: 1,
  unlock_at: null,
  item_float: '0.25',
  stickers: [{ name: 'Crown', slot: index % 4, image: 'https://example.com/crown.png' }],
}));
const json = Buffer.from(JSON.stringify({ status: 'success', last_update: 1, items: offers }));
const csv = Buffer.from(
  ['item_id,name,price,auto', ...numbers.map((index) => `${index + 1},${nameOf(index)},${index + 5},true`), ''].join(
    '\n',
  ),
);

/** Sends a list, and keeps what became of sending it. */
class Sender {
  sent = 0;
  isEnded = false;
  readonly #bytes: Buffer;
  readonly #failsAt: number;

  constructor(bytes: Buffer, failsAt = Number.POSITIVE_INFINITY) {
    this.#bytes = bytes;
    this.#failsAt = failsAt;
  }

  async *chunks(): AsyncGenerator<Buffer> {
    try {
      for (; this.sent < this.#bytes.length; this.sent += CHUNK_BYTES) {
        if (this.sent >= this.#failsAt) throw new Error('the connection was cut');
        yield this.#bytes.subarray(this.sent, this.sent + CHUNK_BYTES);
      }
    } finally {
      this.isEnded = true;
    }
  }
}

const large = (module: ListModule, bytes: Buffer, before: KnownList | null = null) =>
  readLargeList(module, OPTIONS, new Sender(bytes).chunks(), before);
const here = async (module: ListModule, bytes: Buffer) =>
  changesOf(await module.readList(OPTIONS, new Sender(bytes).chunks(), new TimeSlices()), null);

function readable(list: ListChanges | string): ListChanges {
  if (typeof list === 'string') throw new Error(list);
  return list;
}

const listingsOf = (list: ListChanges | string) => readable(list).listings;

describe.each([
  ['LIS-SKINS', priceList, json],
  ['Waxpeer', snapshot, csv],
])('a large list of %s, read in a thread', (_marketplace, module, bytes) => {
  test('has what it would have without a thread, in the same order', async () => {
    const read = await large(module, bytes);
    expect(listingsOf(read)).toHaveLength(NAMES * OPTIONS.perName);
    expect(read).toEqual(await here(module, bytes));
    expect(read).toMatchObject({ count: LISTINGS });
  });

  test('is told as what has changed to whoever knows the one before', async () => {
    const { known } = readable(await large(module, bytes));
    expect(await large(module, bytes, known)).toEqual({ listings: [], gone: [], count: LISTINGS, known });

    const [sold, cheaper] = ['1', '2'];
    const later = Buffer.from(
      bytes
        .toString()
        .replace(/"id":1,/, '"id":0,')
        .replace(/"price":8,/, '"price":2,')
        .replace(/\n1,/, '\n0,')
        .replace(/\n2,(.+?),6,/, '\n2,$1,5,'),
    );
    const changes = readable(await large(module, later, known));
    expect(changes.gone).toContain(sold);
    expect(changes.listings.map(({ nativeId }) => nativeId)).toContain(cheaper);
    expect(changes.listings.length).toBeLessThan(5);
    expect(changes.known).toEqual(readable(await large(module, later)).known);
  });

  test('that is cut says why it cannot be read', async () => {
    const cut = bytes.subarray(0, bytes.length - 40);
    const read = await large(module, cut);
    expect(read).toMatch(/ends/);
    expect(read).toBe(await here(module, cut));
  });

  test('fails as its connection does', async () => {
    const cut = new Sender(bytes, bytes.length - CHUNK_BYTES);
    await expect(readLargeList(module, OPTIONS, cut.chunks(), null)).rejects.toThrow('the connection was cut');
    expect(cut.isEnded).toBe(true);
  });
});

test('a compressed list that is damaged fails', async () => {
  // Texts that compress badly, so that the list is large enough.
  const noise = numbers.map((index) => ({ ...offers[index], noise: hash('sha256', `${index}`) }));
  const packed = gzipSync(JSON.stringify({ status: 'success', last_update: 1, items: noise }));
  expect(listingsOf(await large(priceList, packed))).toHaveLength(NAMES * OPTIONS.perName);
  // Its checksum: all of the list was there, and none of it can be trusted.
  const checksumAt = packed.length - 8;
  packed.writeUInt8(packed.readUInt8(checksumAt) ^ 1, checksumAt);
  await expect(large(priceList, packed)).rejects.toThrow('incorrect data check');
});

test('a list that is not the expected one is not read to its end', async () => {
  const sender = new Sender(Buffer.alloc(40 * json.length, '<html>'));
  expect(await readLargeList(priceList, OPTIONS, sender.chunks(), null)).toBe(
    'the price list is not the expected JSON',
  );
  await expect.poll(() => sender.isEnded).toBe(true);
  expect(sender.sent).toBeLessThan(20 * json.length);
});

test('a thread that ends too early fails the list, and nothing else', async () => {
  const ends: ListModule = { ...priceList, url: 'data:text/javascript,export const readList = () => process.exit(3)' };
  await expect(large(ends, json)).rejects.toThrow('the thread that reads the list has ended');
});

test('a small list needs no thread', async () => {
  const without: ListModule = { ...priceList, url: 'data:text/javascript,throw new Error("a thread was started")' };
  const small = Buffer.from(JSON.stringify({ status: 'success', last_update: 1, items: offers.slice(0, 100) }));
  expect(listingsOf(await large(without, small))).toHaveLength(100);
  await expect(large(without, json)).rejects.toThrow('a thread was started');
});
