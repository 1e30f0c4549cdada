import { pino } from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Database, openDatabase } from '../../src/db/connect.ts';
import { migrate } from '../../src/db/migrate.ts';
import { deleteAllExpired, deleteExpired } from '../../src/trade-urls/cache.ts';
import { checkTradeUrl } from '../../src/trade-urls/check-trade-url.ts';
import type { TradeUrlAnswer, TradeUrlChecker } from '../../src/trade-urls/checker.ts';
import { StillClock } from '../simulation/still-clock.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

/** To the millisecond: how long an answer about a trade URL is remembered. */

const HOUR_MS = 3_600_000;
const log = pino({ level: 'silent' });
const clock = new StillClock();
let test_: TestDatabase;
let database: Database;

beforeAll(async () => {
  test_ = await createTestDatabase();
  database = await openDatabase({ url: test_.url });
  await migrate(database);
});
afterAll(async () => {
  await database.close();
  await test_.drop();
});

let urls = 0;
const newUrl = () => `https://steamcommunity.com/tradeoffer/new/?partner=${++urls}&token=AbCdEf12`;

const invalid: TradeUrlAnswer = { standing: 'url_invalid' };
const missing: TradeUrlAnswer = { standing: 'user_not_found' };
const away: TradeUrlAnswer = { standing: 'steam_unavailable', cause: 'status 503' };

/** A checker that gives these answers in turn; each takes as long as `takes` says. */
function gatewayThatHears(answers: readonly TradeUrlAnswer[], takes: () => Promise<void> = async () => {}) {
  const waiting = [...answers];
  const tradeUrls: TradeUrlChecker = {
    check: async () => {
      const answer = waiting.shift();
      if (!answer) throw new Error('it was asked once too often');
      await takes();
      return answer;
    },
    close: async () => {},
  };
  const deps = { db: database.db, clock, log, tradeUrls };
  return { check: (url: string, isFresh = false) => checkTradeUrl(deps, url, isFresh), waiting };
}

test('one millisecond before the hour it is the same answer, and at the hour a new one', async () => {
  const { check } = gatewayThatHears([invalid, missing]);
  const url = newUrl();
  const { nowMs } = clock;
  expect(await check(url)).toEqual(invalid);
  clock.moveTo(nowMs + HOUR_MS - 1);
  expect(await check(url)).toEqual(invalid);
  clock.moveTo(nowMs + HOUR_MS);
  expect(await check(url)).toEqual(missing);
});

test('the hour begins when the question is asked, not when it is answered', async () => {
  const { nowMs } = clock;
  const { check } = gatewayThatHears([invalid, missing], async () => clock.moveTo(nowMs + 5000));
  const url = newUrl();
  await check(url);
  clock.moveTo(nowMs + HOUR_MS);
  expect(await check(url)).toEqual(missing);
});

test('a failure is told, and leaves what was remembered as it is', async () => {
  const { check } = gatewayThatHears([invalid, away]);
  const url = newUrl();
  await check(url);
  expect(await check(url, true)).toEqual(away);
  expect(await check(url)).toEqual(invalid);
});

test('after a failure the next question is asked', async () => {
  const { check, waiting } = gatewayThatHears([away, invalid]);
  const url = newUrl();
  expect(await check(url)).toEqual(away);
  expect(await check(url)).toEqual(invalid);
  expect(waiting).toEqual([]);
});

test('of two that ask at once, what was asked later stays, whichever is answered first', async () => {
  const url = newUrl();
  const asked = Promise.withResolvers<void>();
  const answered = Promise.withResolvers<void>();
  const slow = gatewayThatHears([invalid], () => {
    asked.resolve();
    return answered.promise;
  }).check(url);
  await asked.promise;
  clock.moveTo(clock.nowMs + 1000);
  const { check } = gatewayThatHears([missing]);
  expect(await check(url, true)).toEqual(missing);
  answered.resolve();
  expect(await slow).toEqual(invalid);
  expect(await check(url)).toEqual(missing);
});

test('what is an hour old is deleted, and nothing younger', async () => {
  const [old, young] = [newUrl(), newUrl()];
  const { check } = gatewayThatHears([invalid, invalid]);
  const { nowMs } = clock;
  await check(old);
  clock.moveTo(nowMs + 1);
  await check(young);
  clock.moveTo(nowMs + HOUR_MS);
  expect(await deleteExpired({ db: database.db, clock })).toBeGreaterThan(0);
  const left = await database.db.selectFrom('trade_url_check').select('trade_url').execute();
  expect(left).toEqual([{ trade_url: young }]);
});

test('however many there are', async () => {
  const rows = Array.from({ length: 12_000 }, () => ({
    trade_url: newUrl(),
    result: '{"standing":"url_invalid"}',
    checked_at: clock.now(),
  }));
  for (let n = 0; n < rows.length; n += 4000) {
    await database.db
      .insertInto('trade_url_check')
      .values(rows.slice(n, n + 4000))
      .execute();
  }
  clock.moveTo(clock.nowMs + HOUR_MS);
  await deleteAllExpired({ db: database.db, clock });
  expect(await database.db.selectFrom('trade_url_check').select('trade_url').execute()).toEqual([]);
});
