import { SANDBOX_WAXPEER_KEY } from '../../sandbox/marketplace/waxpeer.ts';
import type { Supplier } from '../../src/suppliers/supplier.ts';
import { waxpeer } from '../../src/suppliers/waxpeer/index.ts';
import { accountOf, afterwards } from './harness.ts';

const TIMEOUT_MS = 10_000;

/** An adapter of Waxpeer against an address, with the settings that differ from the defaults; it is closed with the test. */
export function waxpeerAt(
  baseUrl: string,
  settings: Readonly<Record<string, string>> = {},
  timeoutMs = TIMEOUT_MS,
): Supplier {
  const supplier = waxpeer.create(accountOf(waxpeer, timeoutMs, { apiKey: SANDBOX_WAXPEER_KEY, ...settings, baseUrl }));
  afterwards(() => supplier.close());
  return supplier;
}
