import type { Link } from './link.ts';
import { merchantsOf } from './rooms.ts';
import type { FeedServer } from './wire.ts';

/** Nodes announce themselves every five seconds; a node that has just started does not know all others yet. */
const NODES_KNOWN_AFTER_MS = 15_000;

/** Knows which merchants have sockets, because most trades are followed by no socket and need no event. */
export class Audience {
  readonly #io: FeedServer;
  readonly #link: Link;
  readonly #startedAt = performance.now();

  constructor(io: FeedServer, link: Link) {
    this.#io = io;
    this.#link = link;
  }

  /** @returns the hints of merchants that may have sockets; all hints when other nodes may have sockets */
  async onlyFollowed<T extends { readonly merchantId: string }>(hints: readonly T[]): Promise<readonly T[]> {
    if (await this.#hasOtherNodes()) return hints;
    const followed = merchantsOf(this.#io.sockets.adapter.rooms.keys());
    return hints.filter(({ merchantId }) => followed.has(merchantId));
  }

  async #hasOtherNodes(): Promise<boolean> {
    if (!this.#link.isShared) return false;
    if (performance.now() - this.#startedAt < NODES_KNOWN_AFTER_MS) return true;
    // On error other nodes are assumed: a superfluous event is better than a missing one.
    const nodes = await this.#io.sockets.adapter.serverCount().catch(() => Number.POSITIVE_INFINITY);
    return nodes > 1;
  }
}
