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

test('operators are told the limit of every route', () => {
  const told = table(page('operating.md'), 'name', 'routes', 'verified').map(([name, , ...limits]) => [name, limits]);
  const known = names.map((name) => [name, numbers(name, ' an hour', '')]);
  expect(Object.fromEntries(told)).toEqual(Object.fromEntries(known));
});

const ofClients = Object.keys(operationIds).filter((route) => route.includes(' /client/'));
const asWritten = (route: string) => route.replaceAll(/:(\w+)/g, '{$1}');

test('merchants are told every route that their clients have, and its limit', () => {
  const routes = ofClients.map(asWritten).toSorted();
  const told = table(page('guides/clients.md'), 'route', 'what').map(([route = '']) => route);
  expect(told.toSorted()).toEqual(routes);
  const limited = table(page('guides/clients.md'), 'route', 'verified').map(([route = '']) => route);
  expect(limited.toSorted()).toEqual([...routes, 'POST /auth/authenticate-client'].toSorted());
});

test('merchants are told the limits of their clients as they are', () => {
  const told = table(page('guides/clients.md'), 'route', 'verified').map(([, ...limits]) => limits.join());
  const known = names.filter((name) => name.startsWith('client-')).map((name) => numbers(name, '/h', '/min').join());
  expect(told.toSorted()).toEqual(known.toSorted());
});
