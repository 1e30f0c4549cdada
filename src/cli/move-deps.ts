import { createMetrics } from '../gateway/metrics.ts';
import type { MoveDeps } from '../trades/move.ts';
import type { Session } from './task.ts';

/** What a command needs to move items. It enqueues no jobs: they only speed up work that every worker finds in the database. */
export function withMoveDeps(deps: Session['deps']): Session['deps'] & MoveDeps {
  return { ...deps, jobs: { enqueue: async () => {} }, metrics: createMetrics() };
}
