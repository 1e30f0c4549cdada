import type { FastifyBaseLogger } from 'fastify';

/** One phase of an orderly stop. */
export interface Phase {
  /** What the phase waits for, for the log. */
  readonly what: string;
  readonly limitMs: number;
  readonly end: () => Promise<unknown>;
}

/**
 * Runs one phase after the other, each up to its time limit, even when the previous phase failed. Work that is cut off is
 * in the database with a lease, and another node or the next start continues it.
 * @returns whether every phase completed in time
 */
export async function endInPhases(phases: readonly Phase[], log: FastifyBaseLogger): Promise<boolean> {
  let isOrderly = true;
  for (const phase of phases) isOrderly = (await endsInTime(phase, log)) && isOrderly;
  return isOrderly;
}

async function endsInTime({ what, limitMs, end }: Phase, log: FastifyBaseLogger): Promise<boolean> {
  const late = Promise.withResolvers<boolean>();
  const timer = setTimeout(() => {
    log.warn(
      { what, limitMs },
      'a stop phase exceeded its time limit; another node or the next start continues its work',
    );
    late.resolve(false);
  }, limitMs);
  const ended = end().then(
    () => true,
    (error) => {
      log.warn({ err: error, what }, 'a stop phase failed; the stop continues with the next phase');
      return false;
    },
  );
  return Promise.race([ended, late.promise]).finally(() => clearTimeout(timer));
}
