import type { Mutation } from './mutation.ts';

const BUDGET = 'test/unit/call-budget.test.ts';
const ADAPTERS = 'test/suppliers/call-budget.test.ts';
const PURCHASES = 'test/acceptance/call-budgets.test.ts';
const BREAKER = 'test/unit/breaker.test.ts';
const BUDGET_FILE = 'src/net/call-budget.ts';
const CLIENT_FILE = 'src/net/json-client.ts';

/** Faults in how many calls an account makes at its marketplace, and in which order. */
export const budgetMutations: readonly Mutation[] = [
  {
    name: 'purchase-without-token',
    fault: 'a purchase for which its account has no call left is sent all the same',
    tests: [PURCHASES],
    edits: [
      {
        file: 'src/buying/make-purchase.ts',
        find: `if (waitMs > 0) return postponeUnsent(deps, order, waitMs);`,
        replace: ``,
      },
    ],
  },
  {
    name: 'repeat-without-token',
    fault: 'a repeat for which its account has no call left is sent all the same',
    tests: [PURCHASES],
    edits: [
      {
        file: 'src/buying/repeat-purchase.ts',
        find: `if ((await deps.suppliers.takeForPurchase(order.supplier, 'single')) > 0) return;`,
        replace: `await deps.suppliers.takeForPurchase(order.supplier, 'single');`,
      },
    ],
  },
  {
    name: 'nothing-left-to-purchases',
    fault: 'calls that are not urgent leave no part of the calls to purchases',
    tests: [BUDGET],
    edits: [{ file: BUDGET_FILE, find: `1 + KEPT[call] * this.#burst`, replace: `1` }],
  },
  {
    name: 'token-taken-twice',
    fault: 'a purchase takes a second token when its call is sent',
    tests: [ADAPTERS],
    edits: [{ file: BUDGET_FILE, find: `if (call === 'buy') return true;`, replace: `` }],
  },
  {
    name: 'token-not-counted',
    fault: 'a call that is sent takes no token',
    tests: [BUDGET],
    edits: [{ file: BUDGET_FILE, find: `this.#left--;`, replace: `` }],
  },
  {
    name: 'too-many-without-pause',
    fault: 'after a 429, calls of its kind go on',
    tests: [ADAPTERS],
    edits: [
      {
        file: CLIENT_FILE,
        find: `if (isLimited(answer)) await this.#budget.pause(call, answer.retryAfterMs);`,
        replace: `if (isLimited(answer)) this.#budget.endGrowth(call);`,
      },
    ],
  },
  {
    name: 'pause-of-body-ignored',
    fault: 'the pause that a marketplace names in the body of its 429 is not kept',
    tests: [ADAPTERS],
    edits: [{ file: CLIENT_FILE, find: `? inBody(text, pauseIn) : null`, replace: `? null : inBody(text, pauseIn)` }],
  },
  {
    name: 'pause-of-all-kinds',
    fault: 'a 429 to a look-up pauses purchases and cancels as well',
    tests: [BUDGET],
    edits: [
      {
        file: BUDGET_FILE,
        find: `const pausedMs = (this.#pausedUntil.get(call) ?? now) - now;`,
        replace: `const pausedMs = Math.max(now, ...this.#pausedUntil.values()) - now;`,
      },
    ],
  },
  {
    name: 'purchases-due-together',
    fault: 'all purchases for which no call is left come again at the same time',
    tests: [BUDGET, PURCHASES],
    edits: [{ file: BUDGET_FILE, find: `this.#lastTurns[turn] + this.#tokenMs`, replace: `now` }],
  },
  {
    name: 'new-purchase-first',
    fault: 'a new purchase takes the token for which earlier ones wait',
    tests: [BUDGET],
    edits: [
      {
        file: BUDGET_FILE,
        find: `turn === 'new' && this.#timer.nowMs() < this.#lastTurns.new`,
        replace: `false`,
      },
    ],
  },
  {
    name: 'held-counts-as-unknown',
    fault: 'a call that was not sent counts as one to which the marketplace gave no clear answer',
    tests: [ADAPTERS],
    edits: [{ file: CLIENT_FILE, find: `cause: HELD_BACK, isHeld: true`, replace: `cause: HELD_BACK` }],
  },
  {
    name: 'held-opens-circuit',
    fault: 'a purchase that was not sent counts as a failure of its marketplace',
    tests: [BREAKER],
    edits: [
      {
        file: 'src/supplier-health/breaker.ts',
        find: `if (answer.outcome === 'unknown' && answer.isHeld) return null;`,
        replace: ``,
      },
    ],
  },
];
