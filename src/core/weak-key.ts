const KEY_BYTES = 32;
/** Of 32 random bytes fewer than 30 are different on average once in two; fewer than 20 never in the life of a sun. */
const DIFFERENT_MIN = 20;

/**
 * Why a key is too easy to guess: what people type, or tools fill in, instead of making one at random. No random key is
 * refused: each of these has a chance of less than one in a million million.
 * @param keyHex 64 hex digits
 * @returns null for a good one
 */
export function weaknessOf(keyHex: string): string | null {
  const bytes = [...Buffer.from(keyHex, 'hex')];
  if (/^\d+$/.test(keyHex) || /^[a-f]+$/i.test(keyHex)) return 'it is made of digits or letters only';
  if (bytes.every((byte) => byte >= 0x20 && byte < 0x7f)) return 'it is a text and not a random number';
  for (let period = 1; period <= KEY_BYTES / 2; period++) {
    if (bytes.every((byte, n) => byte === bytes[n % period])) return 'it repeats itself';
  }
  if (countDifferent(bytes) < DIFFERENT_MIN) return 'too few of its bytes are different';
  const steps = bytes.slice(1).map((byte, n) => (byte - (bytes[n] ?? 0) + 256) % 256);
  return countDifferent(steps) < DIFFERENT_MIN - 4 ? 'it is a sequence' : null;
}

function countDifferent(values: readonly number[]): number {
  return new Set(values).size;
}
