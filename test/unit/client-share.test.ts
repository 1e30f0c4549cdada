import fc from 'fast-check';
import { expect, test } from 'vitest';
import { clientShare } from '../../src/auth/rate-limits.ts';

test.each([
  ['a fifth of a large limit', 500, 20, 100],
  ['a fifth, rounded up', 61, 20, 13],
  ['five requests of a small limit', 10, 20, 5],
  ['all but one of a limit of five', 5, 20, 4],
  ['one of a limit of two', 2, 20, 1],
  ['the only one', 1, 20, 1],
  ['all of it, when the operator says 100 percent', 10, 100, 10],
])('a client may use %s', (_what, limit, percent, share) => {
  expect(clientShare(limit, percent)).toBe(share);
});

test('a client may always ask once, and never uses up what others have, unless there is but one', () => {
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 1_000_000 }), fc.integer({ min: 1, max: 50 }), (limit, percent) => {
      const share = clientShare(limit, percent);
      expect(share).toBeGreaterThanOrEqual(1);
      expect(share).toBeLessThan(limit);
    }),
  );
});
