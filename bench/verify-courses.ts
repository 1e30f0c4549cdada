const steps = {
  create: [null, 'initiated'],
  approve: ['initiated', 'pending'],
  offer: ['pending', 'active'],
  accept: ['active', 'hold'],
  complete: ['hold', 'completed'],
  decline: ['active', 'declined'],
  fail: ['pending', 'failed'],
  revert: ['pending', 'reverted'],
  reverse: ['completed', 'reverted'],
} as const;

/** The steps that items of the seeded history took, course by course. */
const courses: Readonly<Record<string, readonly (keyof typeof steps)[]>> = {
  completed: ['create', 'approve', 'offer', 'accept', 'complete'],
  cancelled: ['create', 'approve', 'revert'],
  declined: ['create', 'approve', 'offer', 'decline'],
  failed: ['create', 'approve', 'fail'],
  refused: ['create', 'approve', 'fail'],
  reversed: ['create', 'approve', 'offer', 'accept', 'complete', 'reverse'],
  hold: ['create', 'approve', 'offer', 'accept'],
  active: ['create', 'approve', 'offer'],
  pending: ['create', 'approve'],
};

/** Rows (course, step, event, from_state, to_state) for `values`. */
export const itemCourses = Object.entries(courses)
  .flatMap(([course, taken]) =>
    taken.map((step, number) => {
      const [from, to] = steps[step];
      const event = step === 'reverse' ? 'revert' : step;
      return `('${course}', ${number}, '${event}', ${from === null ? 'null' : `'${from}'`}, '${to}')`;
    }),
  )
  .join(', ');

const penalty = 'least(price_mills * 200 / 100000 * 10, 9000)';

/** Rows (courses, key, kind, from_account, to_account, amount_mills) for the item at hand; null: of every course. */
export const itemMovements = `values
  (null::text[], 'reserve', 'reserve', 'available', 'locked', price_mills),
  ('{completed,reversed}', 'capture', 'capture', 'locked', 'supplier:cs2dt', cost_mills),
  ('{completed,reversed}', 'fee', 'fee', 'locked', 'revenue', price_mills - cost_mills),
  ('{reversed}', 'refund', 'refund', 'supplier:cs2dt', 'available', cost_mills),
  ('{reversed}', 'refund-fee', 'refund', 'revenue', 'available', price_mills - cost_mills),
  ('{cancelled,failed}', 'refund', 'refund', 'locked', 'available', price_mills),
  ('{refused}', 'release', 'release', 'locked', 'available', price_mills),
  ('{declined}', 'penalty', 'penalty', 'locked', 'revenue', ${penalty}),
  ('{declined}', 'refund', 'refund', 'locked', 'available', price_mills - ${penalty})`;
