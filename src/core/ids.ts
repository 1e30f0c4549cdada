import { createHash, hash, randomBytes, randomUUID } from 'node:crypto';

const CROCKFORD = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
/** The first hex digit of a number below 2^62 → with the variant of a UUID. */
const VARIANTS = '89ab';
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** A new UUIDv7. It sorts by time, so that new rows are added at the end of an index. */
export function newId(at: Date): string {
  const bytes = randomBytes(16);
  bytes.writeUIntBE(at.getTime(), 0, 6);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x70, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  return formatUuid(bytes);
}

/** The lowest UUIDv7 of a time: all that were made from then on sort behind it. */
export function firstIdOf(at: Date): string {
  const bytes = Buffer.alloc(16);
  bytes.writeUIntBE(at.getTime(), 0, 6);
  return formatUuid(bytes);
}

/** A stable id derived from a name: a UUIDv8 of the name's digest, which does not reveal the name. */
export function idOfName(...name: readonly string[]): string {
  const bytes = createHash('sha256').update(JSON.stringify(name)).digest().subarray(0, 16);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x80, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  return formatUuid(bytes);
}

export function newRequestId(): string {
  return randomUUID();
}

export function isUuid(text: string): boolean {
  return UUID.test(text);
}

export function formatUuid(bytes: Buffer): string {
  const hex = bytes.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

export function uuidBytes(uuid: string): Buffer {
  return Buffer.from(uuid.replaceAll('-', ''), 'hex');
}

/**
 * Our reference for a purchase: the 26-character Crockford base32 form of its UUID.
 * The shortest limit of a supplier is 30 characters, and a UUID has 36.
 */
export function referenceOf(purchaseId: string): string {
  let rest = BigInt(`0x${purchaseId.replaceAll('-', '')}`);
  let text = '';
  for (let i = 0; i < 26; i++) {
    text = CROCKFORD.charAt(Number(rest & 31n)) + text;
    rest >>= 5n;
  }
  return text;
}

const REFERENCE = /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/;

/** The purchase that `referenceOf` gave this reference; null: it is none of ours. */
export function purchaseIdOf(reference: string): string | null {
  if (!REFERENCE.test(reference)) return null;
  let number = 0n;
  for (const digit of reference) number = (number << 5n) | BigInt(CROCKFORD.indexOf(digit));
  const hex = number.toString(16).padStart(32, '0');
  const id = formatUuid(Buffer.from(hex, 'hex'));
  return id[14] === '7' && VARIANTS.includes(id[19] ?? ' ') ? id : null;
}

/**
 * A CS2 listing's public id: a UUIDv8 that holds the supplier's code and its numeric listing id (below 2^62),
 * with 44 bits of a digest, so that an invented id is recognised. It can be decoded without a table.
 */
export function packListingId(supplierCode: number, nativeId: string): string {
  // Made of text, because a large feed has an id for each of its listings: with buffers it took three times as long.
  const check = hash('sha256', `${supplierCode}:${nativeId}`).slice(0, 12);
  const number = BigInt.asUintN(62, BigInt(nativeId)).toString(16).padStart(16, '0');
  const code = supplierCode.toString(16).padStart(4, '0');
  const last = `${VARIANTS[Number(number[0])]}${number.slice(1, 4)}`;
  // Joined, which makes one text: a template keeps all its parts, four times as many bytes for each id that is kept.
  return [code + check.slice(0, 4), check.slice(4, 8), `8${check.slice(9)}`, last, number.slice(4)].join('-');
}

/** The supplier's listing id inside a public id; null when the id is not of this supplier. */
export function unpackListingId(supplierCode: number, listingId: string): string | null {
  if (!isUuid(listingId)) return null;
  const bytes = uuidBytes(listingId);
  const nativeId = (bytes.readBigUInt64BE(8) & ((1n << 62n) - 1n)).toString();
  return packListingId(supplierCode, nativeId) === listingId ? nativeId : null;
}
