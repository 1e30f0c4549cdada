import { expect, test } from 'vitest';
import { testListings } from '../../sandbox/marketplace/catalogue.ts';
import { createMetrics } from '../../src/gateway/metrics.ts';
import { rules } from '../../src/verify/rules.ts';
import { page, table } from './tables.ts';

/** Figures and names in the documents that change with the program. */

function figures(name: string, pattern: RegExp): number[] {
  return [...page(name).matchAll(pattern)].map(([, figure]) => Number(figure));
}

test('the sandbox guide counts the test listings that there are', () => {
  expect(figures('guides/sandbox.md', /gives all (\d+) of them/g)).toEqual([testListings.length]);
});

test('the guarantees count the rules that `skinrail verify` proves', () => {
  expect(figures('guarantees.md', /\| `skinrail verify` +\| (\d+) rules/g)).toEqual([rules.length]);
});

const metricsIn = (text: string) =>
  new Set(text.match(/skinrail_[a-z_]+/g)?.map((name) => name.replace(/_count$/, '')));

test('operators are told of every metric, and of none that there is not', async () => {
  const known = (await createMetrics().registry.getMetricsAsJSON()).map(({ name }) => name);
  const own = known.filter((name) => name.startsWith('skinrail_'));
  const told = table(page('operating.md'), 'metric', 'labels', 'meaning').map(([name]) => name);
  expect(told.toSorted()).toEqual(own.toSorted());
});

test('every alert that operators are told of has a rule', () => {
  const told = metricsIn(
    table(page('operating.md'), 'alert on', 'because')
      .map(([what]) => what)
      .join(' '),
  );
  const ruled = metricsIn(page('alerts.yml'));
  expect([...ruled].toSorted()).toEqual([...told].toSorted());
});
