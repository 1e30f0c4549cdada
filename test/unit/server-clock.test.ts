import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { ServerClock } from '../../src/supplier-accounts/server-clock.ts';

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

/** What a server writes as its date when it answers; undefined: nothing. */
type DateHeader = () => string | undefined;

/** Asks a server once for each date that it gives. */
async function aheadOf(...dates: readonly DateHeader[]) {
  const left = [...dates];
  const server = createServer((_, response) => {
    response.sendDate = false;
    const date = left.shift()?.();
    response.writeHead(200, date === undefined ? {} : { date }).end('{}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  ends.push(() => server.close());
  const clock = new ServerClock();
  ends.push(() => clock.dispatcher.close());
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`; // it listens on a port
  for (const _ of dates) {
    const { body } = await clock.dispatcher.request({ origin, path: '/', method: 'GET' });
    await body.text();
  }
  return clock.ahead;
}

const after =
  (ms: number): DateHeader =>
  () =>
    new Date(Date.now() + ms).toUTCString();

test('a clock that goes as ours does is between a second behind and a second ahead', async () => {
  const ahead = await aheadOf(after(0), after(0), after(0));
  expect(ahead?.minMs).toBeLessThanOrEqual(0);
  expect(ahead?.maxMs).toBeGreaterThanOrEqual(0);
});

test('a clock that is an hour ahead is told from ours', async () => {
  const ahead = await aheadOf(after(3_600_000));
  expect(ahead?.minMs).toBeGreaterThan(3_500_000);
  expect(ahead?.maxMs).toBeLessThanOrEqual(3_601_000);
});

test('a clock that is behind is told from ours', async () => {
  expect((await aheadOf(after(-60_000)))?.maxMs).toBeLessThan(-50_000);
});

test.each<[string, DateHeader[]]>([
  ['says no time', [() => undefined]],
  ['says nonsense', [() => 'yesterday']],
  ['contradicts itself', [after(0), after(3_600_000)]],
])('a server that %s has no clock', async (_, dates) => {
  expect(await aheadOf(...dates)).toBeNull();
});
