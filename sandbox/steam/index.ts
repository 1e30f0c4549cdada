import type { Dispatcher } from 'undici';
import { JsonClient } from '../../src/net/json-client.ts';
import type { TradeUrlAnswer, TradeUrlChecker } from '../../src/trade-urls/checker.ts';
import { readProfile } from './map.ts';

export interface SandboxSteamOptions {
  readonly baseUrl: string;
  readonly timeoutMs: number;
  readonly dispatcher?: Dispatcher | undefined;
}

/** Checks trade URLs at the sandbox's simulated Steam. */
export function createSandboxSteam(options: SandboxSteamOptions): TradeUrlChecker {
  const http = new JsonClient(options);
  return {
    check: (tradeUrl) => check(http, tradeUrl),
    close: () => http.close(),
  };
}

async function check(http: JsonClient, tradeUrl: string): Promise<TradeUrlAnswer> {
  const { searchParams } = new URL(tradeUrl);
  const query = new URLSearchParams({
    partner: searchParams.get('partner') ?? '',
    token: searchParams.get('token') ?? '',
  });
  return readProfile(await http.request({ method: 'GET', path: '/trade-url', query }));
}
