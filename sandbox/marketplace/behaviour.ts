import { DAY_MS } from '../../src/core/clock.ts';
import type { Script } from './timeline.ts';

/** How a purchase is answered, and whether an order comes of it. */
export type BuyScript =
  | 'made'
  | 'made, answer lost'
  | 'made, answer is HTML'
  | 'refused as sold'
  | 'refused as dearer'
  | 'not made, 503'
  | 'never arrives';

/** How one ask to cancel is answered, and whether it takes effect. */
export type CancelScript =
  | 'accepted'
  | 'refused'
  | 'no effect, 503'
  | 'no effect, answer is HTML'
  | 'takes effect, answer lost'
  | 'takes effect, connection cut'
  | 'takes effect, answered as closed';

/** What a test listing does. Its listing's name says it, its description tells it to people. */
export interface Behaviour extends Script {
  readonly name: string;
  readonly description: string;
  readonly buy: BuyScript;
  /** One entry an ask; the last one goes on for all later asks. */
  readonly cancel: readonly [CancelScript, ...CancelScript[]];
  /** Price of the single listing in percent of the price that the feed shows. */
  readonly livePercent: number;
  /** What the purchase costs in percent of the price of the single listing. */
  readonly chargedPercent: number;
  /** How long after the purchase a look-up does not know the order yet. */
  readonly hiddenMs: number;
}

/** @throws Error when nobody behaves like that */
export function behaviourOf(name: string, scripts: Readonly<Record<string, Omit<Behaviour, 'name'>>>): Behaviour {
  const script = scripts[name];
  if (!script) throw new Error(`nobody behaves like ${name}`);
  return { ...script, name };
}

/** Steam's protection window: an accepted item is final after it. */
export const PROTECTION_MS = 7 * DAY_MS;
