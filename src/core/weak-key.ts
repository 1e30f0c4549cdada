const KEY_BYTES = 32;
/** 32 random bytes have fewer than 20 different values with a probability of about 10⁻¹⁰. */
const DIFFERENT_MIN = 20;

/**
 * Detects keys that people type or tools fill in instead of random keys. A random key is refused with a probability of less
 * than 10⁻⁹.
 * @param keyHex 64 hex digits
 * @returns the weakness, or null for a good key
 */
export function weaknessOf(keyHex: string): string | null {
  const bytes = [...Buffer.from(keyHex, 'hex')];
  if (/^\d+$/.test(keyHex) || /^[a-f]+$/i.test(keyHex)) return 'it consists of digits or letters only';
  if (bytes.every((byte) => byte >= 0x20 && byte < 0x7f)) return 'it is text and not random';
  for (let period = 1; period <= KEY_BYTES / 2; period++) {
    if (bytes.every((byte, n) => byte === bytes[n % period])) return 'it repeats a pattern';
  }
  if (countDifferent(bytes) < DIFFERENT_MIN) return 'too few of its bytes are different';
  const steps = bytes.slice(1).map((byte, n) => (byte - (bytes[n] ?? 0) + 256) % 256);
  return countDifferent(steps) < DIFFERENT_MIN - 4 ? 'it is a sequence' : null;
}

function countDifferent(values: readonly number[]): number {
  return new Set(values).size;
}
