import type { Link } from './link.ts';
import { merchantsOf } from './rooms.ts';
import type { FeedServer } from './wire.ts';

/** Nodes say every five seconds that they are there; before, a node that has just started can be wrong about it. */
const OTHERS_KNOWN_AFTER_MS = 15_000;

/** Whether there is anybody to tell: most trades of most merchants are followed by nobody. */
export class Audience {
  readonly #io: FeedServer;
  readonly #link: Link;
  readonly #startedAt = performance.now();

  constructor(io: FeedServer, link: Link) {
    this.#io = io;
    this.#link = link;
  }

  /** Those of merchants that may have a socket somewhere. What sockets other nodes have is not known here. */
  async mayHear<T extends { readonly merchantId: string }>(hints: readonly T[]): Promise<readonly T[]> {
    if (await this.#hasOthers()) return hints;
    const followed = merchantsOf(this.#io.sockets.adapter.rooms.keys());
    return hints.filter(({ merchantId }) => followed.has(merchantId));
  }

  async #hasOthers(): Promise<boolean> {
    if (!this.#link.isShared) return false;
    if (performance.now() - this.#startedAt < OTHERS_KNOWN_AFTER_MS) return true;
    // What is not known is taken as true: telling nobody in vain is better than leaving out this node's own sockets.
    const nodes = await this.#io.sockets.adapter.serverCount().catch(() => Number.POSITIVE_INFINITY);
    return nodes > 1;
  }
}
