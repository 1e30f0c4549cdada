import Type from 'typebox';
import { later, MINUTE_MS } from '../core/clock.ts';
import { CS2, type Game } from '../core/games.ts';
import type { Deps } from '../deps.ts';

/** This many minutes mean: never. */
const OFF_MIN = 720;

/** The field `autoCancel` of every request that buys. */
export const AutoCancel = Type.Integer({
  minimum: 30,
  maximum: OFF_MIN,
  description: 'Minutes after which items that are not sent yet are cancelled; 720 is off. CS2 only',
});

/**
 * When the items of a new trade are cancelled if they are not sent by then; null: never. A trade without `autoCancel`
 * uses the operator's setting. Rust items cannot be cancelled, so theirs is always null.
 */
export function autoCancelAt(
  { config }: Pick<Deps, 'config'>,
  game: Game,
  minutes: number | undefined,
  createdAt: Date,
): Date | null {
  const afterMin = minutes ?? config.autoCancelMin;
  return game === CS2 && afterMin < OFF_MIN ? later(createdAt, afterMin * MINUTE_MS) : null;
}
