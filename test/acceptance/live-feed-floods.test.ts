import { afterEach, describe, expect, test } from 'vitest';
import { accounts, Client } from '../support/client.ts';
import { FeedSocket } from '../support/feed.ts';
import { binaryFrame, hello, pingFrame, RawFeedSocket, textFrame } from '../support/raw-feed.ts';
import { useWorld } from '../support/world.ts';

/** What a connection of the live feed may send: one who floods costs the node next to nothing, and disturbs nobody. */

const world = useWorld();
const THOUSANDS = 5000;

const opened: RawFeedSocket[] = [];
afterEach(() => {
  for (const socket of opened.splice(0)) socket.destroy();
});

async function opens(query: Record<string, string>): Promise<RawFeedSocket> {
  const socket = await RawFeedSocket.open(world().baseUrl, query);
  opened.push(socket);
  return socket;
}

/** Admitted, by a key that is good. */
async function listens(): Promise<RawFeedSocket> {
  const socket = await opens({ apiKey: (await world().merchant()).apiKey });
  socket.sends(hello);
  await socket.hears('subscribe');
  return socket;
}

const many = (frame: Buffer) => Array.from({ length: THOUSANDS }, () => frame);
const helloAnswers = ({ heard }: RawFeedSocket) => heard.split('40{"sid"').length - 1;

describe('before a connection is admitted', () => {
  test.each([
    ['a stranger', async () => ({ apiKey: 'ap_of_nobody' })],
    ['a merchant', async () => ({ apiKey: (await world().merchant()).apiKey })],
    ['a client', async () => ({ token: new Client(world(), await world().merchant(), accounts.ann).token })],
  ])('%s that says hello again and again is cut off at the second time', async (_who, query) => {
    const socket = await opens(await query());
    socket.sends(...many(hello));
    await socket.closed();
    expect(helloAnswers(socket)).toBeLessThanOrEqual(1);
    await world().until(async () => (await world().metric('skinrail_live_sockets')) === 0, 'it has left nothing');
  });

  test('a hello to thousands of namespaces is answered once', async () => {
    const socket = await opens({ apiKey: 'ap_of_nobody' });
    socket.sends(...Array.from({ length: THOUSANDS }, (_, n) => textFrame(`40/namespace-${n},`)));
    await socket.closed();
    expect(socket.heard.split('Invalid namespace').length - 1).toBeLessThanOrEqual(1);
  });

  test.each([
    ['pings', pingFrame()],
    ['attachments', binaryFrame(Buffer.from([1, 2, 3]))],
    ['messages that nobody understands', textFrame('4nonsense')],
  ])('thousands of %s end the connection', async (_what, frame) => {
    const socket = await opens({ apiKey: 'ap_of_nobody' });
    socket.sends(...many(frame));
    await socket.closed();
  });

  test('so do pings by which nobody asks to be let in', async () => {
    const socket = await opens({ apiKey: 'ap_of_nobody' });
    for (let ping = 0; ping < 100; ping++) socket.sends(pingFrame());
    await socket.closed();
  });
});

describe('a connection that was admitted', () => {
  test.each([
    ['hellos', hello],
    ['pings', pingFrame()],
    ['pongs', textFrame('3')],
    ['answers to what was never asked', textFrame('431[]')],
    ['attachments', binaryFrame(Buffer.from([1, 2, 3]))],
    ['events', textFrame('42["subscribe"]')],
    ['announced attachments', textFrame('451-["x",{"_placeholder":true,"num":0}]')],
  ])('is cut off when it sends thousands of %s', async (_what, frame) => {
    const socket = await listens();
    socket.sends(...many(frame));
    await socket.closed();
    await world().until(async () => (await world().metric('skinrail_live_sockets')) === 0, 'it has left nothing');
  });

  test('is cut off by a message that is larger than any it could have to send, and need not agree to it', async () => {
    const socket = await listens();
    socket.sends(textFrame('4'.padEnd(60_000, '2')));
    await socket.closed();
  });

  test('stays while it does what WebSocket libraries do: a ping now and then, and pongs', async () => {
    const socket = await listens();
    socket.sends(pingFrame(), textFrame('3'), pingFrame(), textFrame('3'));
    await socket.hears('\x8a\x00'); // the pong to a ping
    expect(await world().metric('skinrail_live_sockets')).toBe(1);
  });

  test('hears everything while strangers flood the same node', async () => {
    const merchant = await world().merchant();
    const listener = await FeedSocket.accepted(world().baseUrl, { apiKey: merchant.apiKey });
    const strangers = await Promise.all(Array.from({ length: 20 }, () => opens({ apiKey: 'ap_of_nobody' })));
    for (const stranger of strangers) stranger.sends(...many(hello));
    const trade = await merchant.buys([world().testListing('never-ships')]);
    expect((await listener.trade(({ status }) => status === 'pending')).id).toBe(trade.id);
    await Promise.all(strangers.map((stranger) => stranger.closed()));
    listener.close();
  });
});
