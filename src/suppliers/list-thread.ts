import { on } from 'node:events';
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { lowerThisThread } from '../core/thread-priority.ts';
import { TimeSlices } from '../core/time-slices.ts';
import { changesOf, type FromThread, type ListModule, type ThreadData, type ToThread } from './large-list.ts';

/** The thread in which `large-list.ts` has a list read. An error ends the thread, and is thrown by whoever waits for it. */

/** The event loop of the gateway takes 1.2 ms to receive so many that have a sticker each. */
const CHANGES_AT_ONCE = 500;
/**
 * Works for so long, and rests for three times as long: its garbage is collected beside it. With these rests 1 % of cancels
 * took 18 ms or more, with rests of 40 ms it was 22.
 */
const SLICE_MS = 20;

if (!parentPort) throw new Error('list-thread is started by large-list');
const exchange = exchangeWith(parentPort);
lowerThisThread();
await read(workerData as ThreadData); // from `large-list.ts`
parentPort.close();

async function read({ module, options, before }: ThreadData): Promise<void> {
  const { readList } = (await import(module)) as ListModule; // the URL of one
  const list = await readList(options, chunks(), new TimeSlices(undefined, SLICE_MS));
  const changes = changesOf(list, before);
  if (typeof changes === 'string') return exchange.tell({ kind: 'unreadable', why: changes });
  const { listings, gone, count, known } = changes;
  for (let at = 0; at < Math.max(listings.length, gone.length); at += CHANGES_AT_ONCE) {
    const [from, to] = [at, at + CHANGES_AT_ONCE];
    exchange.tell({ kind: 'changed', listings: listings.slice(from, to), gone: gone.slice(from, to) });
    await exchange.next();
  }
  exchange.tell({ kind: 'read', count, known });
}

async function* chunks(): AsyncGenerator<Buffer> {
  for (let message = await exchange.next(); 'chunk' in message; message = await exchange.next()) {
    exchange.tell({ kind: 'more' });
    yield Buffer.from(message.chunk.buffer);
  }
}

function exchangeWith(port: MessagePort) {
  const messages = on(port, 'message')[Symbol.asyncIterator]();
  return {
    tell: (message: FromThread) => port.postMessage(message),
    next: async () => {
      const { value } = await messages.next();
      return value?.[0] as ToThread; // nothing else is sent, and the port is closed by this thread only
    },
  };
}
