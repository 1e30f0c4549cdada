import { readEvents } from '../../src/callbacks/events.ts';
import { findCallbacks } from '../../src/callbacks/log.ts';
import { replayCallback } from '../../src/callbacks/replay.ts';
import { decodePosition } from '../../src/http/paging.ts';
import { isDatabaseFault } from './gated-database.ts';
import { seeCallbacks } from './seen.ts';
import type { Story } from './story.ts';

const NEWEST = 20;
const PAGES = [1, 3, 20];

/** What a merchant has read of its log of events, and where it stands. */
export interface Followed {
  after: bigint;
  readonly ids: string[];
}

/** The merchant has one of its newest callbacks sent again, whatever became of it and whoever is sending it. */
export function replaySomething(story: Story): void {
  const { random, scheduler, tally, caller } = story;
  const { process, deps } = story.anyNode();
  scheduler.start(process, 'replay', async () => {
    const merchantId = caller.merchantId;
    const found = await findCallbacks(deps.db, { merchantId, limit: NEWEST }).catch(toNone);
    if (found.length === 0) return;
    await replayCallback(deps, merchantId, random.pick(found).id).catch(toNothing);
    tally.replays++;
  });
}

/** The merchant reads on in its log; of two readers that began at one place, the first to come back counts. */
export function readOn(story: Story): void {
  const { random, scheduler, caller, followed } = story;
  const { process, deps } = story.anyNode();
  scheduler.start(process, 'read of the log', async () => {
    const { after } = followed;
    const page = await readEvents(deps, caller.merchantId, { after, limit: random.pick(PAGES) }).catch(toNothing);
    if (!page || followed.after !== after) return;
    followed.ids.push(...page.items.map(({ id }) => id));
    followed.after = decodePosition(page.nextCursor, 'after');
  });
}

/** Whoever has followed the log has read every event once, those of a trade in their order. @throws Error */
export async function requireAllRead({ db, clock, caller, followed, embedded }: Story): Promise<void> {
  for (let hasMore = true; hasMore; ) {
    const page = await readEvents({ db, clock }, caller.merchantId, { after: followed.after, limit: 100 });
    followed.ids.push(...page.items.map(({ id }) => id));
    followed.after = decodePosition(page.nextCursor, 'after');
    hasMore = page.hasMore;
  }
  const places = new Map(followed.ids.map((id, place) => [id, place]));
  const callbacks = seeCallbacks(embedded);
  if (places.size !== followed.ids.length) throw new Error('an event was read twice');
  if (places.size !== callbacks.length) throw new Error(`${places.size} of ${callbacks.length} events were read`);
  for (const [tradeId, ofTrade] of Map.groupBy(callbacks, (callback) => callback.tradeId)) {
    const own = ofTrade.map(({ id }) => places.get(id) ?? -1);
    if (own.some((place, index) => place < (own[index - 1] ?? 0)))
      throw new Error(`the log has the events of trade ${tradeId} out of order`);
  }
}

function toNone(error: unknown): [] {
  toNothing(error);
  return [];
}

/** A failure of the database ends a call; whoever made it asks again, or does not. @throws any other failure */
function toNothing(error: unknown): undefined {
  if (!isDatabaseFault(error)) throw error;
}
