import { expect, test } from 'vitest';
import { rules } from '../../src/verify/rules.ts';
import { page } from './tables.ts';

test('what `skinrail verify` printed counts the rules that there are', () => {
  for (const text of [page('quickstart.md'), page('operating.md')]) {
    const counts = [...text.matchAll(/all (\d+) rules hold/g)].map(([, count]) => Number(count));
    expect(counts).toEqual([rules.length]);
  }
});

test('what operators are shown of it names each rule as it is', () => {
  const printed = [...page('operating.md').matchAll(/^ok {6}(.+)$/gm)].map(([, sentence]) => sentence);
  expect(printed).toEqual(rules.map(({ sentence }) => sentence));
});
