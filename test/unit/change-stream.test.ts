import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { Signals } from '../../src/core/signals.ts';
import { ChangeStreams } from '../../src/operator-api/change-stream.ts';

test('a stream that was ended is told nothing more, though its reader has not taken the end yet', async () => {
  const signals = new Signals();
  const streams = new ChangeStreams(signals);
  const stream = streams.open(undefined);
  streams.stop();
  signals.emit('callbackWritten', { merchantId: 'a merchant', callbackId: 'a callback' });
  expect(await text(stream)).toBe('retry: 1000\n\n');
});

test('a stream that is opened while the gateway stops ends at once', async () => {
  const streams = new ChangeStreams(new Signals());
  streams.stop();
  expect(await text(streams.open(undefined))).toBe('retry: 1000\n\n');
});
