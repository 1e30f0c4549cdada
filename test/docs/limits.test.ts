import { expect, test } from 'vitest';
import { type LimitedRoute, routeLimits, windowOf } from '../../src/http/limits.ts';
import { page, table } from './tables.ts';

/** The tables of limits, held to the program. */

const names = Object.keys(routeLimits) as LimitedRoute[]; // the keys of a constant object
const numbers = (name: LimitedRoute, hour: string, minute: string) => {
  const { verified, unverified } = routeLimits[name];
  const unit = windowOf(name) === 'hour' ? hour : minute;
  return [verified, unverified].map((limit) => `${limit.toLocaleString('en-US')}${unit}`);
};

test('operators are told the limit of every route', () => {
  const told = table(page('operating.md'), 'name', 'routes', 'verified').map(([name, , ...limits]) => [name, limits]);
  const known = names.map((name) => [name, numbers(name, ' an hour', '')]);
  expect(Object.fromEntries(told)).toEqual(Object.fromEntries(known));
});
