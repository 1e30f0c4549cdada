import { vi } from 'vitest';

/**
 * Real timers again. Test files share a process, in which a gateway of another file may live: what it put off while timers were
 * fake happens now. It would never happen otherwise, and its work, such as sending callbacks, would stand still for good.
 */
export function endFakeTimers(): void {
  if (!vi.isFakeTimers()) return;
  vi.runOnlyPendingTimers();
  vi.useRealTimers();
}
