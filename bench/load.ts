import { Pool } from 'undici';
import type { StockItem } from './stock.ts';

/** A server under measurement, and how it is asked to cancel an item. */
export interface Target {
  readonly name: 'gateway' | 'floor' | 'batched';
  readonly baseUrl: string;
  readonly pid: number;
  request(item: StockItem): { path: string; headers: Record<string, string> };
}

export function gatewayTarget(baseUrl: string, pid: number): Target {
  return {
    name: 'gateway',
    baseUrl,
    pid,
    request: ({ merchant, tradeId, listing }) => ({
      path: `/secure/buy/${tradeId}/items/${listing.publicId}/cancel`,
      headers: { 'api-key': merchant.apiKey },
    }),
  };
}

export function floorTarget(name: 'floor' | 'batched', baseUrl: string, pid: number): Target {
  return {
    name,
    baseUrl,
    pid,
    request: ({ merchant, tradeId, itemId, listing, reference, orderId }) => ({
      path: `/${merchant.id}/${tradeId}/${itemId}/${listing.publicId}/${reference}/${orderId}`,
      headers: {},
    }),
  };
}

export interface Round {
  readonly seconds: number;
  readonly requests: number;
  readonly failures: number;
  /** One entry a request, in milliseconds, failures included. */
  readonly latencies: readonly number[];
}

export interface RoundOptions {
  readonly inFlight: number;
  readonly seconds: number;
  /** The round also ends when these are used up. */
  readonly items: readonly StockItem[];
  onFailure(why: string): void;
}

/** Keeps `inFlight` requests under way, each for another item, until the time or the items are over. */
export async function runRound(target: Target, options: RoundOptions): Promise<Round> {
  const { inFlight, items } = options;
  const pool = new Pool(target.baseUrl, { connections: inFlight, pipelining: 1 });
  const latencies: number[] = [];
  let failures = 0;
  let next = 0;
  const started = performance.now();
  const ends = started + options.seconds * 1000;
  const lane = async () => {
    while (performance.now() < ends) {
      const item = items[next++];
      if (!item) return;
      const asked = performance.now();
      const failure = await cancelOnce(pool, target, item);
      latencies.push(performance.now() - asked);
      if (failure === null) continue;
      failures++;
      options.onFailure(`${target.name}: ${failure}`);
    }
  };
  await Promise.all(Array.from({ length: inFlight }, lane));
  const seconds = (performance.now() - started) / 1000;
  await pool.close();
  return { seconds, requests: latencies.length, failures, latencies };
}

/** @returns null when the answer was 200 with the right body, otherwise what came */
export async function cancelOnce(pool: Pool, target: Target, item: StockItem): Promise<string | null> {
  try {
    const { statusCode, body } = await pool.request({ method: 'POST', ...target.request(item) });
    const text = await body.text();
    return statusCode === 200 && isRight(text, item) ? null : `status ${statusCode}: ${text.slice(0, 300)}`;
  } catch (error) {
    return String(error);
  }
}

function isRight(text: string, item: StockItem): boolean {
  const { success, data } = JSON.parse(text);
  return (
    success === true &&
    data.status === 'cancelled' &&
    data.tradeId === item.tradeId &&
    data.itemId === item.listing.publicId
  );
}
