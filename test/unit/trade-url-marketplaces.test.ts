import { describe, expect, test } from 'vitest';
import { createMetrics } from '../../src/gateway/metrics.ts';
import type { TradeUrlAnswer } from '../../src/trade-urls/checker.ts';
import { checkerOf } from '../../src/trade-urls/marketplaces.ts';

/** Which of several accounts is asked about a trade URL, and whose answer counts. */

const TOKEN = 'AbCd_123';
const URL_ = `https://steamcommunity.com/tradeoffer/new/?partner=39734273&token=${TOKEN}`;
const LIMIT_MS = 9000;
const metrics = createMetrics();
const options = { limitMs: LIMIT_MS, metrics };

const fine: TradeUrlAnswer = { standing: 'normal', steamId: '76561198000000001', canTrade: true };
const invalid: TradeUrlAnswer = { standing: 'url_invalid' };
const refused: TradeUrlAnswer = { standing: 'refused', cause: 'a problem' };
const unknown: TradeUrlAnswer = { standing: 'unknown', cause: 'status 503' };

/** A checker whose accounts `a`, `b`, … give these answers, and who was asked with which time limit. */
function checkerThatHears(...answers: TradeUrlAnswer[]) {
  const asked: { id: string; limitMs: number }[] = [];
  const suppliers = answers.map((answer, index) => {
    const id = String.fromCharCode('a'.charCodeAt(0) + index);
    const checkTradeUrl = async (_: string, limitMs: number) => {
      asked.push({ id, limitMs });
      return answer;
    };
    return { id, checkTradeUrl };
  });
  const checker = checkerOf([{ id: 'cannot', checkTradeUrl: null }, ...suppliers], options);
  if (!checker) throw new Error('it has accounts');
  return { check: () => checker.check(URL_), asked: () => asked.map(({ id }) => id).join(''), limits: asked };
}

test('without an account that can check, there is no checker', () => {
  expect(checkerOf([], options)).toBeNull();
  expect(checkerOf([{ id: 'cannot', checkTradeUrl: null }], options)).toBeNull();
});

describe('of several accounts', () => {
  test.each<[string, TradeUrlAnswer[], TradeUrlAnswer, string]>([
    ['the first is enough when it is clear', [fine, invalid], fine, 'a'],
    ['the next is asked after no clear answer', [unknown, fine, invalid], fine, 'ab'],
    ['the next is asked after a refusal without a cause', [refused, invalid], invalid, 'ab'],
    [
      'a refusal counts more than no answer',
      [unknown, refused, unknown],
      { standing: 'refused', cause: 'a: status 503; b: a problem; c: status 503' },
      'abc',
    ],
    [
      'none knows it when none is clear',
      [unknown, { standing: 'steam_unavailable', cause: 'away' }],
      { standing: 'unknown', cause: 'a: status 503; b: away' },
      'ab',
    ],
  ])('%s', async (_, answers, expected, asked) => {
    const checker = checkerThatHears(...answers);
    expect(await checker.check()).toEqual(expected);
    expect(checker.asked()).toBe(asked);
  });

  test('each may use its share of the time that is left, and the last one all of it', async () => {
    const { check, limits } = checkerThatHears(unknown, unknown, unknown);
    await check();
    // Whole milliseconds, less what the calls took.
    for (const [index, expectedMs] of [LIMIT_MS / 3, LIMIT_MS / 2, LIMIT_MS].entries()) {
      expect(limits[index]?.limitMs).toBeLessThanOrEqual(expectedMs);
      expect(limits[index]?.limitMs).toBeGreaterThan(expectedMs - 1000);
    }
  });
});

test('each call is counted for the operator, and one without a clear answer as unknown', async () => {
  metrics.supplierCalls.reset();
  await checkerThatHears(unknown, refused, fine).check();
  const { values } = await metrics.supplierCalls.get();
  expect(values.map(({ labels: { supplier, call, outcome } }) => `${supplier} ${call} ${outcome}`)).toEqual([
    'a check unknown',
    'b check read',
    'c check read',
  ]);
});

test('a token that a marketplace repeats is left out of what is told of it', async () => {
  const echo: TradeUrlAnswer = { standing: 'unknown', cause: `refused: Try later ${URL_}` };
  const answer = await checkerThatHears(echo).check();
  expect(answer).toMatchObject({ cause: expect.stringMatching(/^a: refused: Try later .*token=\[token\]$/) });
  expect(JSON.stringify(answer)).not.toContain(TOKEN);
});
