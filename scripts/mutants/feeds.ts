import type { Mutation } from './mutation.ts';

const SHARED = 'test/db/shared-feeds.test.ts';
const LISTS = 'test/unit/whole-lists.test.ts';
const PUBLISH = 'src/feed-sharing/publish.ts';
const WHOLE_LISTS = 'src/suppliers/whole-lists.ts';

/** Faults in how nodes share the feeds of marketplaces. */
export const feedMutations: readonly Mutation[] = [
  {
    name: 'feed-published-without-lease',
    fault: 'a node whose lease has ended publishes what it has read of a feed',
    tests: [SHARED],
    edits: [{ file: PUBLISH, find: `.where('holder', '=', node)`, replace: `` }],
  },
  {
    name: 'feed-published-twice',
    fault: 'what was read of a feed is published on top of a later version',
    tests: [SHARED],
    edits: [{ file: PUBLISH, find: `.where('version', 'is not distinct from', feed.version)`, replace: `` }],
  },
  {
    name: 'feed-version-reused',
    fault: 'after a server has lost versions of a feed, the next ones have their numbers',
    tests: [SHARED],
    edits: [
      {
        file: PUBLISH,
        find: `return version === null || version < time ? time : version + 1n;`,
        replace: `return version === null ? time : version + 1n;`,
      },
    ],
  },
  {
    name: 'feed-half-written',
    fault: 'a change that a reader has not published is applied',
    tests: [SHARED],
    edits: [{ file: 'src/feed-sharing/read-batches.ts', find: ` and is_published`, replace: `` }],
  },
  {
    name: 'feed-change-skipped',
    fault: 'a change is applied to another version than the one that it changes',
    tests: [SHARED],
    edits: [
      {
        file: 'src/market/shared-feed.ts',
        find: `if (change.follows !== this.#version) return;`,
        replace: ``,
      },
    ],
  },
  {
    name: 'feed-failure-untold',
    fault: 'other nodes do not learn that a feed fails, and show its listings for ever',
    tests: [SHARED],
    edits: [{ file: 'src/feed-sharing/store.ts', find: `{ is_failing: true }`, replace: `{}` }],
  },
  {
    name: 'list-difference-without-gone',
    fault: 'a listing that a whole list has no longer stays on sale',
    tests: [LISTS],
    edits: [
      {
        file: 'src/suppliers/list-difference.ts',
        find: `    for (; old && old.nativeId < nativeId; old = known.next().value) gone.push(old.nativeId);`,
        replace: `    for (; old && old.nativeId < nativeId; old = known.next().value);`,
      },
    ],
  },
  {
    name: 'stalled-list-holds-others',
    fault: 'a marketplace whose list never ends keeps all other lists from being read',
    tests: [LISTS],
    edits: [
      {
        file: 'src/suppliers/list-turns.ts',
        find: `setTimeout(end.resolve, TURN_MAX_MS)`,
        replace: `setTimeout(end.resolve, 24 * 60 * TURN_MAX_MS)`,
      },
    ],
  },
  {
    name: 'list-difference-from-another-version',
    fault: 'who knows another version of a list is told what has changed since the last one',
    tests: [LISTS],
    edits: [{ file: WHOLE_LISTS, find: `told.version === known?.version`, replace: `known !== undefined` }],
  },
  {
    name: 'list-half-believed',
    fault: 'a list that has lost half of its listings is believed',
    tests: [LISTS],
    edits: [{ file: WHOLE_LISTS, find: `earlier > 0 && list.count * 2 <= earlier`, replace: `earlier < 0` }],
  },
  {
    name: 'large-list-goes-on',
    fault: 'a list that cannot be read is fetched to its end',
    tests: ['test/suppliers/large-list.test.ts'],
    edits: [{ file: 'src/suppliers/large-list.ts', find: `if (this.#isOver) return;`, replace: `` }],
  },
];
