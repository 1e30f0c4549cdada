import { expect, test } from 'vitest';
import { LaneWorker } from '../../src/work/lane-worker.ts';
import { MERCHANT_MAX } from '../../src/work/lanes.ts';

interface Message {
  readonly merchant_id: string;
  readonly id: number;
}

/** A queue in memory that is claimed as the database's is. */
class Queue {
  readonly waiting: Message[];
  readonly inHand = new Map<number, PromiseWithResolvers<boolean>>();
  readonly failures: unknown[] = [];
  readonly worker: LaneWorker<Message>;
  claims = 0;

  constructor(waiting: readonly Message[]) {
    this.waiting = [...waiting];
    this.worker = new LaneWorker<Message>({
      find: async () => [...new Set(this.waiting.map(({ merchant_id }) => merchant_id))],
      claim: async (turns) => {
        this.claims++;
        return turns.flatMap(({ merchantId, room }) => this.#claim(merchantId, room));
      },
      run: async ({ id }) => {
        const answer = Promise.withResolvers<boolean>();
        this.inHand.set(id, answer);
        return { isWell: await answer.promise.finally(() => this.inHand.delete(id)), hasNext: false };
      },
      failures: { failed: (error) => this.failures.push(error), worked: () => {} },
    });
  }

  #claim(merchantId: string, room: number): Message[] {
    const claimed = this.waiting.filter(({ merchant_id }) => merchant_id === merchantId).slice(0, room);
    for (const message of claimed) this.waiting.splice(this.waiting.indexOf(message), 1);
    return claimed;
  }
}

function messages(merchant: string, count: number, from = 0): Message[] {
  return Array.from({ length: count }, (_, index) => ({ merchant_id: merchant, id: from + index }));
}

const tick = () => new Promise(setImmediate);

test('a merchant that does not answer uses up its own lanes, and no other merchant’s', async () => {
  const queue = new Queue([...messages('silent', 100), ...messages('other', 3, 1000)]);
  queue.worker.wake();
  await tick();
  expect(queue.inHand.size).toBe(MERCHANT_MAX + 3);
  for (const id of [1000, 1001, 1002]) queue.inHand.get(id)?.resolve(true);
  await tick();
  expect([...queue.inHand.keys()].every((id) => id < 1000)).toBe(true);
});

test('a merchant whose last attempt failed gets four lanes, until an attempt is well again', async () => {
  const queue = new Queue(messages('failing', 100));
  queue.worker.wake();
  await tick();
  for (const answer of [...queue.inHand.values()]) answer.resolve(false);
  await tick();
  expect(queue.inHand.size).toBe(4);
  for (const answer of [...queue.inHand.values()]) answer.resolve(true);
  await tick();
  expect(queue.inHand.size).toBe(MERCHANT_MAX);
});

test('when there is not room for all, each merchant gets an equal share, the last one too', async () => {
  const merchants = Array.from({ length: 64 }, (_, index) => messages(`merchant-${index}`, 100, index * 1000));
  const queue = new Queue(merchants.flat());
  queue.worker.wake();
  await tick();
  const inHand = merchants.map((own) => own.filter(({ id }) => queue.inHand.has(id)).length);
  expect(new Set(inHand)).toEqual(new Set([512 / 64]));
});

test('a wake for one merchant claims its messages alone', async () => {
  const queue = new Queue([...messages('woken', 2), ...messages('other', 2, 1000)]);
  queue.worker.wake('woken');
  await tick();
  expect([...queue.inHand.keys()]).toEqual([0, 1]);
});

test('when a lane is free again, the next message is sent without waiting for a tick', async () => {
  const queue = new Queue(messages('one', MERCHANT_MAX + 1));
  queue.worker.wake();
  await tick();
  expect(queue.waiting).toHaveLength(1);
  queue.inHand.get(0)?.resolve(true);
  await tick();
  expect(queue.waiting).toHaveLength(0);
});

test('a message that fails gives its lane back, and is told as a failure', async () => {
  const queue = new Queue(messages('one', 2));
  queue.worker.wake();
  await tick();
  const broken = new Error('broken');
  queue.inHand.get(0)?.reject(broken);
  queue.inHand.get(1)?.resolve(true);
  await queue.worker.idle();
  expect(queue.failures).toEqual([broken]);
  expect(queue.worker.isWorking).toBe(false);
});

test('a stop claims nothing more, and waits for the messages in hand', async () => {
  const queue = new Queue(messages('one', MERCHANT_MAX + 1));
  queue.worker.wake();
  await tick();
  let hasStopped = false;
  const stopped = queue.worker.stop().then(() => {
    hasStopped = true;
  });
  const { claims } = queue;
  for (const answer of [...queue.inHand.values()].slice(1)) answer.resolve(true);
  await tick();
  expect([hasStopped, queue.claims]).toEqual([false, claims]);
  queue.inHand.get(0)?.resolve(true);
  await stopped;
  expect(queue.waiting).toHaveLength(1);
});
