import { marketOf } from './markets.ts';
import { type SeenUnknown, seeUnknown } from './seen.ts';
import type { Story } from './story.ts';

/** The first call and five repeats: after them, only a look-up can tell. */
const CALLS_MAX = 6;
/** A purchase whose reference its marketplace has is not given up before. */
const WATCH_MS = 14 * 86_400_000;

/**
 * Items that wait for ever for the marketplace's own word: it never says that it has not heard of a reference, and the
 * purchase may not be sent again. An operator asks the marketplace then.
 */
export function leftToOperators({ embedded, market }: Story): Set<string> {
  const left = seeUnknown(embedded).filter(({ supplier, reference, calls }) => {
    return marketOf(supplier).staysSilent && calls >= CALLS_MAX && market.order(reference) === undefined;
  });
  return new Set(left.map(({ itemId }) => itemId));
}

/** Until when look-ups of an item's purchase can only miss: there is no order, and the gateway knows that a call arrived. */
export function missedUntilMs({ embedded, market }: Story): ReadonlyMap<string, number> {
  const isMissed = ({ reference }: SeenUnknown) => market.order(reference)?.outcome !== 'made';
  return new Map(
    seeUnknown(embedded)
      .filter(isMissed)
      .flatMap(({ itemId, knownAt }) => (knownAt ? [[itemId, knownAt.getTime() + WATCH_MS]] : [])),
  );
}
