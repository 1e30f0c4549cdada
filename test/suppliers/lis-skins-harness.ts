import { SANDBOX_LIS_SKINS_KEY } from '../../sandbox/marketplace/lis-skins.ts';
import { LIS_SKINS_SOCKET_PATH, SANDBOX_LIS_SKINS_USER_ID } from '../../sandbox/marketplace/lis-skins-socket.ts';
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

/** The settings with which an account hears what a sandbox marketplace pushes. */
export function pushSettings(marketplaceUrl: string): Record<string, string> {
  const socketUrl = `${marketplaceUrl.replace('http:', 'ws:')}${LIS_SKINS_SOCKET_PATH}`;
  return { userId: SANDBOX_LIS_SKINS_USER_ID, socketUrl };
}

/** All settings of an account at a sandbox marketplace. */
export function accountSettings(marketplaceUrl: string): Record<string, string> {
  const [baseUrl, exportUrl] = ['v1', 'market_export_json'].map((path) => `${marketplaceUrl}/lis-skins/${path}`);
  return {
    apiKey: SANDBOX_LIS_SKINS_KEY,
    baseUrl: baseUrl ?? '',
    exportUrl: exportUrl ?? '',
    ...pushSettings(marketplaceUrl),
  };
}
