import { expect, test } from 'vitest';
import { rules } from '../../src/verify/rules.ts';
import { page } from './tables.ts';

/** The rules themselves are listed in `reference/verify-rules.md`, which is generated. */

test('what `skinrail verify` printed counts the rules that there are', () => {
  for (const text of [page('quickstart.md'), page('operators/monitoring.md')]) {
    const counts = [...text.matchAll(/all (\d+) rules hold/g)].map(([, count]) => Number(count));
    expect(counts).toEqual([rules.length]);
  }
});

test('what operators are shown of it are rules that it has', () => {
  const shown = [...page('operators/monitoring.md').matchAll(/^ok {6}(.+)$/gm)].map(([, sentence]) => sentence);
  expect(shown.length).toBeGreaterThan(0);
  expect(rules.map(({ sentence }) => sentence)).toEqual(expect.arrayContaining(shown));
});
