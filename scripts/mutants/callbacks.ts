import type { Mutation } from './mutation.ts';

const REPLAY = 'src/callbacks/replay.ts';
const EVENTS = 'src/callbacks/events.ts';
const CALLBACK_LOG = 'test/acceptance/callback-log.test.ts';

/** Faults in sending callbacks again, and in the log of events. */
export const callbackMutations: readonly Mutation[] = [
  {
    name: 'clock-step-waits',
    fault: 'after a clock was set back, a retry waits until the clock is where it was',
    tests: ['test/acceptance/clock-set-back.test.ts'],
    edits: [
      {
        file: 'src/gateway/overlong.ts',
        find: `interval '1 millisecond'`,
        replace: `interval '1 hour'`,
      },
    ],
  },
  {
    name: 'replay-beside-attempt',
    fault: 'A replay has a second attempt made beside one that is under way.',
    edits: [{ file: REPLAY, find: '(await isBeingSent(trx, callback, now)) ? callback.due_at : now', replace: 'now' }],
    tests: [CALLBACK_LOG],
  },
  {
    name: 'replay-goes-on-with-pauses',
    fault: 'A callback that was given up has one attempt when it is replayed, and no more.',
    edits: [
      {
        file: REPLAY,
        find: 'delivered_at: null, attempts_before: callback.attempts }',
        replace: 'delivered_at: null }',
      },
    ],
    tests: [CALLBACK_LOG],
  },
  {
    name: 'replay-while-off',
    fault: 'A replay makes callbacks due although they are switched off.',
    edits: [{ file: REPLAY, find: 'merchant.callback_disabled_at === null ? soonest : null', replace: 'soonest' }],
    tests: [CALLBACK_LOG],
  },
  {
    name: 'replay-leaves-those-behind',
    fault: 'What waited behind a replayed callback waits as long as if it had not been replayed.',
    edits: [{ file: REPLAY, find: 'if (dueAt) await bringForwardLater(trx, callback, now);', replace: '' }],
    tests: [CALLBACK_LOG],
  },
  {
    name: 'log-by-clocks',
    fault: 'Events are put into the log by their times alone, so a clock that is ahead turns a trade’s around.',
    edits: [
      { file: EVENTS, find: 'order by at, trade_id, number', replace: 'order by created_at, id' },
      {
        file: EVENTS,
        find: 'select callback.id, callback.trade_id,',
        replace: 'select created_at, callback.id, callback.trade_id,',
      },
    ],
    tests: [CALLBACK_LOG],
  },
  {
    name: 'log-from-anywhere',
    fault: 'A cursor beyond the end of the log is taken, and what comes until there is passed over.',
    edits: [{ file: EVENTS, find: 'after > events_numbered', replace: 'after < 0n' }],
    tests: [CALLBACK_LOG],
  },
  {
    name: 'end-of-log-too-early',
    fault: 'A reader takes for the end what another one has numbered beside it.',
    edits: [
      {
        file: EVENTS,
        find: '!end.hasUnnumbered && end.numbered === lastOf(known, after)',
        replace: '!end.hasUnnumbered',
      },
    ],
    tests: [CALLBACK_LOG],
  },
];
