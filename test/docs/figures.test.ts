import { describe, expect, test } from 'vitest';
import { indexOf, testListings } from '../../sandbox/marketplace/catalogue.ts';
import { CANCEL_MIN_AGE_MS } from '../../src/cancellations/policy.ts';
import { MINUTE_MS } from '../../src/core/clock.ts';
import { catalogue } from '../../src/core/errors.ts';
import { createMetrics } from '../../src/gateway/metrics.ts';
import { HELD } from '../../src/suppliers/supplier.ts';
import { rules } from '../../src/verify/rules.ts';
import { page, table } from './tables.ts';

/** Figures and names in the documents that change with the program. */

function figures(name: string, pattern: RegExp): number[] {
  return [...page(name).matchAll(pattern)].map(([, figure]) => Number(figure));
}

describe('the sandbox guide', () => {
  const guide = page('guides/sandbox.md');

  test('counts the test listings that there are', () => {
    expect(figures('guides/sandbox.md', /gives all (\d+) of\s+them/g)).toEqual([testListings.length]);
  });

  test('counts the ordinary items and listings', () => {
    const [cs2, rust] = [indexOf('cs2').ordinary, indexOf('rust').ordinary];
    const names = (listings: typeof cs2) => new Set(listings.map(({ marketHashName }) => marketHashName)).size;
    const [, ...told] = /(\d+) CS2 items and (\d+)\s+Rust items,\s+([\d,]+)\s+listings in all/.exec(guide) ?? [];
    const known = [names(cs2), names(rust), (cs2.length + rust.length).toLocaleString('en-US')];
    expect(told).toEqual(known.map(String));
  });
});

test('the guarantees count the rules that `skinrail verify` proves', () => {
  expect(figures('internals/guarantees.md', /`skinrail verify` proves (\d+) rules today/g)).toEqual([rules.length]);
});

const metricsIn = (text: string) =>
  new Set(text.match(/skinrail_[a-z_]+/g)?.map((name) => name.replace(/_count$/, '')));

/** The alerts of the guide: name → metrics on which they are raised. */
const toldAlerts = () => table(page('operators/monitoring.md'), 'alert', 'raised when');

test('operators are told of every alert that has a rule, and of none that has not', () => {
  const ruled = [...page('alerts.yml').matchAll(/- alert: (\w+)/g)].map(([, name]) => name);
  expect(toldAlerts().map(([name]) => name)).toEqual(ruled);
});

test('calls that the account’s own budget held back raise no alert about a marketplace', () => {
  const [rule = ''] = page('alerts.yml').match(/- alert: SkinrailMarketplaceIll[\s\S]*?\n {8}for:/) ?? [];
  expect(rule.match(/skinrail_supplier_calls_total\{[^}]+\}/g)).toEqual([
    'skinrail_supplier_calls_total{outcome="unknown"}',
    `skinrail_supplier_calls_total{outcome!="${HELD}"}`,
  ]);
});

test('operators are told of every metric on which an alert is raised, and only of metrics that there are', async () => {
  const known = (await createMetrics().registry.getMetricsAsJSON()).map(({ name }) => name);
  const told = metricsIn(
    toldAlerts()
      .map(([, when]) => when)
      .join(' '),
  );
  const ruled = metricsIn(page('alerts.yml').replaceAll(/summary: .*/g, ''));
  expect([...told].toSorted()).toEqual([...ruled].toSorted());
  expect([...told].filter((name) => !known.includes(name))).toEqual([]);
});

describe('the age from which an item can be cancelled', () => {
  const ages = (text: string, pattern: RegExp) => [...text.matchAll(pattern)].map(([, minutes]) => Number(minutes));
  const known = CANCEL_MIN_AGE_MS / MINUTE_MS;

  test.each([
    ['../README.md', /can be cancelled (\d+) minutes after it was created/g, 1],
    ['quickstart.md', /can be cancelled (\d+) minutes after it was created/g, 1],
    ['reference/errors.md', /(?:can be cancelled |is younger than )(\d+) minutes/g, 2],
    ['guides/cancelling.md', /(?:at least \*\*|younger than )(\d+) minutes/g, 2],
    ['reference/test-listings.md', /cancel is accepted after (\d+) minutes/g, 1],
    ['../CHANGELOG.md', /one undelivered CS2 item that is (\d+) minutes old/g, 1],
  ])('is that of the policy in %s', (name, pattern, times) => {
    expect(ages(page(name), pattern)).toEqual(Array.from({ length: times }, () => known));
  });

  test('is that of the policy in the refusal that a merchant reads, and among the rules of verify', () => {
    expect(ages(catalogue.TRADE_CANCEL_TOO_SOON.text, /(\d+) minutes/g)).toEqual([known]);
    const rule = rules.find(({ name }) => name === 'auto-cancel-in-its-span');
    expect(ages(rule?.sentence ?? '', /at least (\d+) minutes/g)).toEqual([known]);
  });
});
