import { expect, test } from 'vitest';
import { type LimitedRoute, routeLimits, windowOf } from '../../src/auth/rate-limits.ts';
import { operationIds } from '../../src/gateway/operation-ids.ts';
import { page, table } from './tables.ts';

/** The tables of limits and of clients' routes, held to the program. */

const names = Object.keys(routeLimits) as LimitedRoute[]; // the keys of a constant object
const numbers = (name: LimitedRoute, hour: string, minute: string) => {
  const { verified, unverified } = routeLimits[name];
  const unit = windowOf(name) === 'hour' ? hour : minute;
  return [verified, unverified].map((limit) => `${limit.toLocaleString('en-US')}${unit}`);
};

const rows = () => table(page('reference/limits.md'), 'name', 'routes', 'verified');

test('the page of limits tells the limit of every route', () => {
  const told = rows().map(([name, , ...limits]) => [name, limits]);
  const known = names.map((name) => [name, numbers(name, ' an hour', '')]);
  expect(Object.fromEntries(told)).toEqual(Object.fromEntries(known));
});

const asWritten = (route: string) => route.replaceAll(/:(\w+)/g, '{$1}');
const routes = Object.keys(operationIds).map(asWritten);

test('the page of limits names every route that needs a key or a token, once', () => {
  const told = rows().flatMap(([, cell = '']) => cell.split(', ').map((route) => route.replaceAll('`', '')));
  const guarded = routes.filter((route) => / \/(auth|secure|client|v1)\//.test(route));
  expect(told.toSorted()).toEqual(guarded.toSorted());
});

test('merchants are told every route that their clients have', () => {
  const told = table(page('guides/clients.md'), 'route', 'what').map(([route = '']) => route);
  expect(told.toSorted()).toEqual(routes.filter((route) => route.includes(' /client/')).toSorted());
});
