import type { Random } from './random.ts';

/** How unlucky a run is; all of it stops when the run is drained. */
export class Faults {
  readonly #random: Random;
  isOn = true;

  constructor(random: Random) {
    this.#random = random;
  }

  diesInside(): boolean {
    return this.isOn && this.#random.chance(0.002);
  }

  diesAfter(): boolean {
    return this.isOn && this.#random.chance(0.008);
  }

  /** A call that never reaches the supplier. */
  losesRequest(): boolean {
    return this.isOn && this.#random.chance(0.08);
  }

  /** A call that takes effect and whose answer is lost. */
  losesAnswer(): boolean {
    return this.isOn && this.#random.chance(0.12);
  }

  /** A look-up that misses an order that exists. */
  missesOrder(): boolean {
    return this.isOn && this.#random.chance(0.1);
  }

  /** A look-up that says again what it said before. */
  repeatsOldWord(): boolean {
    return this.isOn && this.#random.chance(0.1);
  }
}
