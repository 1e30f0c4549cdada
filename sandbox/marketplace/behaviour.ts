import { DAY_MS } from '../../src/core/clock.ts';
import type { Script } from './timeline.ts';

/** The answer to a purchase, and whether it creates an order. */
export type BuyScript =
  | 'made'
  | 'made, answer lost'
  | 'made, answer is HTML'
  | 'refused as sold'
  | 'refused as dearer'
  | 'not made, 503'
  | 'never arrives'
  | 'arrives when repeated'
  | 'never arrives, and is sold when repeated';

/** The answer to one cancellation attempt, and whether it takes effect. */
export type CancelScript =
  | 'accepted'
  | 'refused'
  | 'no effect, 503'
  | 'no effect, answer is HTML'
  | 'takes effect, answer lost'
  | 'takes effect, connection cut'
  | 'takes effect, answered as closed';

/** The behaviour of a test listing, which has this name; the description is for people. */
export interface Behaviour extends Script {
  readonly name: string;
  readonly description: string;
  readonly buy: BuyScript;
  /** One entry per attempt; the last one applies to all later attempts. */
  readonly cancel: readonly [CancelScript, ...CancelScript[]];
  /** The price of the single listing, in percent of the price in the feed. */
  readonly livePercent: number;
  /** The charged price, in percent of the price of the single listing. */
  readonly chargedPercent: number;
  /** How long after the purchase a look-up does not find the order. */
  readonly hiddenMs: number;
}

/** @throws Error when there is no such behaviour */
export function behaviourOf(name: string, scripts: Readonly<Record<string, Omit<Behaviour, 'name'>>>): Behaviour {
  const script = scripts[name];
  if (!script) throw new Error(`there is no behaviour ${name}`);
  return { ...script, name };
}

/** Steam's protection period: an accepted item is final after it. */
export const PROTECTION_MS = 7 * DAY_MS;
