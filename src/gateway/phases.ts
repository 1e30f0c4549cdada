import type { FastifyBaseLogger } from 'fastify';

/** One step of an orderly stop. */
export interface Phase {
  /** For the log: what is waited for. */
  readonly what: string;
  readonly limitMs: number;
  readonly end: () => Promise<unknown>;
}

/**
 * Ends one phase after the other, none beyond its limit and whether or not the one before went well: what is cut off
 * or fails here stands in the database with a lease, and is taken up by another node or at the next start.
 * @returns whether every phase came to its end
 */
export async function endInPhases(phases: readonly Phase[], log: FastifyBaseLogger): Promise<boolean> {
  let isOrderly = true;
  for (const phase of phases) isOrderly = (await endsInTime(phase, log)) && isOrderly;
  return isOrderly;
}

async function endsInTime({ what, limitMs, end }: Phase, log: FastifyBaseLogger): Promise<boolean> {
  const late = Promise.withResolvers<boolean>();
  const timer = setTimeout(() => {
    log.warn({ what, limitMs }, 'cut off by the stop; what was under way is taken up from the database');
    late.resolve(false);
  }, limitMs);
  const ended = end().then(
    () => true,
    (error) => {
      log.warn({ err: error, what }, 'a phase of the stop failed; the next one goes on');
      return false;
    },
  );
  return Promise.race([ended, late.promise]).finally(() => clearTimeout(timer));
}
