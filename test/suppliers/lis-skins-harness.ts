import { SANDBOX_LIS_SKINS_KEY } from '../../sandbox/marketplace/lis-skins.ts';
import { lisSkins } from '../../src/suppliers/lis-skins/index.ts';
import type { Supplier } from '../../src/suppliers/supplier.ts';
import { accountOf, afterwards } from './harness.ts';

const TIMEOUT_MS = 10_000;

/** An adapter of LIS-SKINS against a server that has both its API and its price lists; it is closed with the test. */
export function lisSkinsAt(
  url: string,
  settings: Readonly<Record<string, string>> = {},
  timeoutMs = TIMEOUT_MS,
): Supplier {
  const addresses = { baseUrl: `${url}/v1`, exportUrl: `${url}/market_export_json` };
  const given = { apiKey: SANDBOX_LIS_SKINS_KEY, ...addresses, ...settings };
  const supplier = lisSkins.create(accountOf(lisSkins, timeoutMs, given));
  afterwards(() => supplier.close());
  return supplier;
}
