/** 32 bits from which everything about a listing is drawn. */
export type Seed = number;

/** @param hex of which the last eight digits count */
export function seedOf(hex: string): Seed {
  return Number.parseInt(hex.slice(-8), 16);
}

/** The same 32 bits for the same seed and purpose, everywhere and always; the mixer is MurmurHash3's. */
export function draw(seed: Seed, purpose: number): number {
  let bits = Math.imul(seed ^ Math.imul(purpose + 1, 0x9e3779b1), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  bits ^= bits >>> 16;
  bits = Math.imul(bits, 0x27d4eb2f);
  return (bits ^ (bits >>> 15)) >>> 0;
}
