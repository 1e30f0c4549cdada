import type { Random } from './random.ts';

/** Everything that can go wrong by itself, with how often it does where it can, in a story of middling luck. */
const rates = {
  'died before a statement': 0.002,
  'died inside a transaction': 0.002,
  'died after a statement': 0.004,
  'died after a commit': 0.008,
  'died before a call': 0.006,
  'died during a call': 0.01,
  'died after a call': 0.006,
  'transaction collided (40001)': 0.02,
  'connection lost before a statement': 0.003,
  'connection lost inside a transaction': 0.003,
  'connection lost before a commit': 0.006,
  'connection lost after a statement': 0.003,
  'connection lost after a commit': 0.008,
  'request lost': 0.04,
  'request delivered late': 0.03,
  'request doubled': 0.05,
  'request repeated by a proxy': 0.03,
  'answer lost': 0.06,
  'answer late': 0.03,
  'order missed by a look-up': 0.3,
  'order hidden for hours': 0.03,
  'old word of a look-up': 0.25,
  'callback refused': 0.08,
  'callback answered 410': 0.01,
  'question not answered': 0.1,
  'trade not wanted': 0.05,
  'job given out twice': 0.06,
  'job given out again': 0.08,
  'job lost': 0.03,
  'push lost': 0.1,
  'push forged': 0.1,
} as const satisfies Record<string, number>;

export type Fault = keyof typeof rates;
export const allFaults = Object.keys(rates) as Fault[]; // Object.keys forgets the literal type

/** Most faults come together in real life, some kinds not at all for long: each story has its own mixture. */
const luck = [0, 0.5, 1, 1, 3];

/** How unlucky a story is, and what it met. All of it stops when the story is drained. */
export class Faults {
  readonly met = new Map<Fault, number>();
  readonly #random: Random;
  readonly #rates = new Map<Fault, number>();
  isOn = true;

  constructor(random: Random) {
    this.#random = random;
    for (const fault of allFaults) this.#rates.set(fault, rates[fault] * random.pick(luck));
  }

  /** True when this goes wrong now; it is counted then. */
  strikes(fault: Fault): boolean {
    if (!this.isOn || !this.#random.chance(this.#rates.get(fault) ?? 0)) return false;
    this.met.set(fault, (this.met.get(fault) ?? 0) + 1);
    return true;
  }
}
