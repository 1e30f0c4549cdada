import crypto from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';
import { Random } from './random.ts';

let random = new Random(0);

/**
 * Makes this whole process repeatable: ids, keys and jitter come from the seed, and no timer ever goes off by real
 * time. Whatever the gateway waits for has to go through its clock; a timer of its own would be seen at the end of
 * the story as an operation that never came back.
 */
export function ownThisProcess(nowMs: () => number): void {
  Object.assign(crypto, { randomBytes: seededBytes, randomUUID: seededUuid });
  syncBuiltinESMExports();
  Math.random = () => random.next();
  performance.now = nowMs;
  const { setTimeout: realTimeout } = globalThis;
  const inert = (work: () => void) => {
    const timer = realTimeout(work, 0);
    clearTimeout(timer);
    return timer;
  };
  Object.assign(globalThis, { setTimeout: inert });
  AbortSignal.timeout = () => new AbortController().signal;
}

/** What is drawn from now on depends on this seed only. */
export function seedThisProcess(seed: number): void {
  random = new Random(seed);
}

function seededBytes(size: number): Buffer {
  const bytes = Buffer.alloc(size);
  for (let i = 0; i < size; i++) bytes[i] = random.below(256);
  return bytes;
}

function seededUuid(): string {
  const hex = seededBytes(16).toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`, hex.slice(20)].join('-');
}
