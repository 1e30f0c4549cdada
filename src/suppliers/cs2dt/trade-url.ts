import type { TradeUrlAnswer } from '../../trade-urls/checker.ts';
import { readCheck, readCheckStart } from './answers.ts';
import type { Cs2dtClient } from './client.ts';

/** How long a check takes is not known, and all calls of an account share one limit. */
const PAUSE_MS = 500;

/** Starts a check, then reads it until it is over. All calls together stay within the time limit. */
export async function checkTradeUrl(client: Cs2dtClient, tradeUrl: string, limitMs: number): Promise<TradeUrlAnswer> {
  const endsAt = performance.now() + limitMs;
  const started = readCheckStart(await client.startTradeUrlCheck(tradeUrl, limitMs), tradeUrl);
  if (started) return started;
  const restMs = () => Math.max(1, Math.floor(endsAt - performance.now()));
  do {
    const answer = readCheck(await client.tradeUrlCheck(tradeUrl, restMs()), tradeUrl);
    if (answer) return answer;
    if (restMs() <= PAUSE_MS) break;
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  } while (restMs() > 1);
  return { standing: 'unknown', cause: `the check was still running after ${limitMs} ms` };
}
