import { pino } from 'pino';
import { expect, test } from 'vitest';
import { DatabaseUnavailable } from '../../src/db/failure.ts';
import { openWithRetry } from '../../src/db/wait-for-database.ts';

const log = pino({ level: 'silent' });

/** What opening fails with, time after time, before it succeeds. */
function failing(...failures: Error[]): () => Promise<string> {
  return async () => {
    const failure = failures.shift();
    if (failure) throw failure;
    return 'open';
  };
}

function refused(code: string): Error {
  return new DatabaseUnavailable(`refused with ${code}`, 'not_applied', Object.assign(new Error(code), { code }));
}

// Each waits for half a second.
test.concurrent.each(['57P03', '08P01', '53300', 'ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN'])(
  'a start waits for a database that answers %s, since a retry can fix that',
  async (code) => {
    expect(await openWithRetry(failing(refused(code)), 10_000, log)).toBe('open');
  },
);

test.each(['28P01', '28000', '3D000'])(
  'a start that meets %s ends at once, since an operator has to fix that',
  async (code) => {
    await expect(openWithRetry(failing(refused(code)), 10_000, log)).rejects.toThrow(`refused with ${code}`);
  },
);

test('a start that meets a schema from the future ends at once', async () => {
  const newer = new Error('the database has schema version 99');
  await expect(openWithRetry(failing(newer), 10_000, log)).rejects.toBe(newer);
});
