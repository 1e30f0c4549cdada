import { setTimeout as pause } from 'node:timers/promises';
import { expect, test, vi } from 'vitest';
import { endFakeTimers } from '../support/fake-timers.ts';

test('what another file’s gateway put off while timers were fake happens when they end', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const putOff = new Promise<string>((resolve) => setTimeout(() => resolve('happens'), 60_000));
  endFakeTimers();
  expect(await Promise.race([putOff, pause(1000, 'never')])).toBe('happens');
  expect(vi.isFakeTimers()).toBe(false);
});
