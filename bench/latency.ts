import { setTimeout as pause } from 'node:timers/promises';
import { Pool } from 'undici';
import { cancelOnce, type Target } from './load.ts';
import { quantile } from './numbers.ts';
import type { Receiver } from './receiver.ts';
import type { Stock, StockItem } from './stock.ts';

/** About this often a cancel is made, whether the one before is through or not. */
const EVERY_MS = 50;
const WAIT_MAX_MS = 15_000;

export interface Spread {
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
}

export interface LatencyResult {
  readonly cancels: number;
  readonly failures: number;
  /** From the answer to the cancel to the settlement, by the gateway's own time stamp, a millisecond at best. */
  readonly toReverted: Spread;
  /** From the answer to the cancel to the callback, received whole. It is sent after the refund is committed. */
  readonly toCallback: Spread;
}

interface Settled {
  readonly revertedMs: number;
  readonly callbackMs: number;
}

/**
 * How long it takes from an accepted cancel to the money being back and the merchant knowing, when the supplier
 * confirms at once. At a modest rate, and at odd times, so that no cancel is in step with the gateway's own rhythm.
 */
export async function measureLatency(
  target: Target,
  stock: Stock,
  receiver: Receiver,
  onFailure: (why: string) => void,
): Promise<LatencyResult> {
  const pool = new Pool(target.baseUrl, { connections: 16, pipelining: 1 });
  const underWay: Promise<Settled | null>[] = [];
  for (const item of stock.items) {
    underWay.push(cancelAndWait(pool, target, item, receiver, onFailure));
    await pause(EVERY_MS * (0.5 + Math.random()));
  }
  const settled = (await Promise.all(underWay)).filter((each) => each !== null);
  await pool.close();
  return {
    cancels: stock.items.length,
    failures: stock.items.length - settled.length,
    toReverted: spread(settled.map((each) => each.revertedMs)),
    toCallback: spread(settled.map((each) => each.callbackMs)),
  };
}

async function cancelAndWait(
  pool: Pool,
  target: Target,
  item: StockItem,
  receiver: Receiver,
  onFailure: (why: string) => void,
): Promise<Settled | null> {
  const callback = receiver.next(item.tradeId, item.merchant.apiSecret);
  const failure = await cancelOnce(pool, target, item);
  const answeredAtMs = performance.timeOrigin + performance.now();
  if (failure !== null) {
    onFailure(`latency: ${failure}`);
    return null;
  }
  const told = await Promise.race([callback, pause(WAIT_MAX_MS, null, { ref: false })]);
  if (told?.status !== 'reverted') {
    onFailure(`latency: ${told ? `a callback says ${told.status}` : 'no callback came'} for trade ${item.tradeId}`);
    return null;
  }
  // The supplier's word may have been faster than our answer; then nothing was waited for.
  return {
    revertedMs: Math.max(0, told.updatedAt.getTime() - answeredAtMs),
    callbackMs: Math.max(0, told.receivedAtMs - answeredAtMs),
  };
}

function spread(values: readonly number[]): Spread {
  return { p50Ms: quantile(values, 0.5), p99Ms: quantile(values, 0.99), maxMs: quantile(values, 1) };
}
