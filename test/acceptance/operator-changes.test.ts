import { afterEach, expect, test } from 'vitest';
import { usePeople, type Visitor } from '../support/visitor.ts';
import { useOwnWorld, World } from '../support/world.ts';

/** Screens are told that something has changed, and ask then. */

const world = useOwnWorld();
const { signedIn } = usePeople(world);
const PATH = '/operator/v1/changes';

const closing: AbortController[] = [];
afterEach(() => {
  for (const each of closing.splice(0)) each.abort();
});

/** A stream, and what it has sent until now. */
async function listens(visitor: Visitor) {
  const controller = new AbortController();
  closing.push(controller);
  const stream = await visitor.opens(PATH, controller.signal);
  const heard = { text: '', isOver: false };
  const read = async () => {
    for await (const part of stream) heard.text += part;
    heard.isOver = true;
  };
  void read().catch(() => {}); // The test has closed it.
  return heard;
}

const hints = ({ text }: { readonly text: string }) => text.split('event: changed\n').length - 1;

test('staff are told of every merchant’s changes, and members of their own only, without what has changed', async () => {
  const [mine, other] = [await world().merchant(), await world().merchant()];
  const staff = await listens(await signedIn('auditor'));
  const member = await listens(await signedIn('viewer', mine.id));
  const stranger = await listens(await signedIn('viewer', other.id));
  await mine.buys([world().testListing('never-ships')]);
  await world().until(() => hints(staff) > 0 && hints(member) > 0, 'both have heard of it');
  await world().settles();
  expect(hints(stranger)).toBe(0);
  expect(member.text.replaceAll('event: changed\ndata: {}\n\n', '')).toBe('retry: 1000\n\n');
});

test('many changes within a second are told once, and the last of them is never left out', async () => {
  const merchant = await world().merchant();
  const member = await listens(await signedIn('viewer', merchant.id));
  const began = performance.now();
  const { signals } = world().gateway.deps;
  for (let number = 0; number < 1000; number++)
    signals.emit('callbackWritten', { merchantId: merchant.id, callbackId: '' });
  await world().until(() => hints(member) >= 2, 'the changes after the first hint are told');
  const seconds = (performance.now() - began) / 1000;
  expect(hints(member)).toBeLessThanOrEqual(2 + seconds);
});

test('a stop of the gateway ends the streams, and does not wait for them', async () => {
  const own = await World.start();
  const { signedIn: signedInThere } = usePeople(() => own);
  const heard = await listens(await signedInThere('support'));
  await own.stop();
  await world().until(() => heard.isOver, 'the stream has ended');
});
