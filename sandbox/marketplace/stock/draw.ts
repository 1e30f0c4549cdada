/** 32 bits from which all random data of a listing is derived. */
export type Seed = number;

/** @param hex the last eight digits are used */
export function seedOf(hex: string): Seed {
  return Number.parseInt(hex.slice(-8), 16);
}

/** Deterministic: the same 32 bits for the same seed and purpose. The mixing function is that of MurmurHash3. */
export function draw(seed: Seed, purpose: number): number {
  let bits = Math.imul(seed ^ Math.imul(purpose + 1, 0x9e3779b1), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  bits ^= bits >>> 16;
  bits = Math.imul(bits, 0x27d4eb2f);
  return (bits ^ (bits >>> 15)) >>> 0;
}
