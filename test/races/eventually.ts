const LOOK_EVERY_MS = 50;
const LOOK_MAX_MS = 240_000;

/** Looks until something holds. @returns false when it does not for four minutes */
export async function happens(holds: () => Promise<boolean>): Promise<boolean> {
  const end = performance.now() + LOOK_MAX_MS;
  while (!(await holds())) {
    if (performance.now() > end) return false;
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
  return true;
}

/** As `happens`. @throws Error naming what did not happen */
export async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  if (!(await happens(holds))) throw new Error(`${what}: not within ${LOOK_MAX_MS / 1000} seconds`);
}

/** `work` on each, so many at a time. */
export async function inLanes<T>(all: readonly T[], lanes: number, work: (each: T) => Promise<void>): Promise<void> {
  let next = 0;
  const lane = async () => {
    for (let each = all[next++]; each !== undefined; each = all[next++]) await work(each);
  };
  await Promise.all(Array.from({ length: lanes }, lane));
}
