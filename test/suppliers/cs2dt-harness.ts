import { SANDBOX_CS2DT_KEY } from '../../sandbox/marketplace/cs2dt.ts';
import { cs2dt } from '../../src/suppliers/cs2dt/index.ts';
import type { Supplier } from '../../src/suppliers/supplier.ts';
import { accountOf, afterwards, type TestListing } from './harness.ts';

const TIMEOUT_MS = 10_000;
export const CALLBACK_SECRET = 'test-secret';

/** The settings of an account that need not wait between the calls of its feed. */
export const cs2dtSettings: Readonly<Record<string, string>> = {
  apiKey: SANDBOX_CS2DT_KEY,
  callbackSecret: CALLBACK_SECRET,
  searches: 'Never Ships;ships later',
  feedCallsPerSecond: '999',
  callsPerSecond: '999',
};

/** An adapter of CS2DT against an address, with the settings that differ from the usual; it is closed with the test. */
export function cs2dtAt(
  baseUrl: string,
  settings: Readonly<Record<string, string>> = {},
  timeoutMs = TIMEOUT_MS,
): Supplier {
  const supplier = cs2dt.create(accountOf(cs2dt, timeoutMs, { ...cs2dtSettings, ...settings, baseUrl }));
  afterwards(() => supplier.close());
  return supplier;
}

/** A test listing as CS2DT sells it: ids have 19 digits, and prices whole cents. */
export function atCs2dt(listing: TestListing): TestListing {
  return { ...listing, nativeId: `1${listing.nativeId}`, priceMills: Math.ceil(listing.priceMills / 10) * 10 };
}
