import type { Dispatcher } from 'undici';
import { CS2, RUST } from '../src/core/games.ts';
import { cs2dt } from '../src/suppliers/cs2dt/index.ts';
import type { SupplierKind } from '../src/suppliers/kind.ts';
import { lisSkins } from '../src/suppliers/lis-skins/index.ts';
import type { Supplier } from '../src/suppliers/supplier.ts';
import { waxpeer } from '../src/suppliers/waxpeer/index.ts';
import { testListings } from './marketplace/catalogue.ts';
import { SANDBOX_CS2DT_KEY } from './marketplace/cs2dt.ts';
import { SANDBOX_LIS_SKINS_KEY } from './marketplace/lis-skins.ts';
import { LIS_SKINS_SOCKET_PATH, SANDBOX_LIS_SKINS_USER_ID } from './marketplace/lis-skins-socket.ts';
import { kindsAtCs2dt } from './marketplace/marketplace.ts';
import { type Front, fronts } from './marketplace/orders.ts';
import { SANDBOX_WAXPEER_KEY } from './marketplace/waxpeer.ts';

/** An operator's account at one of the marketplace's fronts, each of which speaks as a real marketplace does. */
export interface FrontAccount {
  readonly front: Front;
  /** Has the name of the front. */
  readonly kind: SupplierKind;
  readonly given: Readonly<Record<string, string>>;
}

/** Where the marketplace is, and how its accounts are set up. */
export interface FrontOptions {
  readonly marketplaceUrl: string;
  /** Signs what the CS2DT front pushes. */
  readonly callbackSecret: string;
  /** Whether each account offers all that its front sells; otherwise each offers something else. */
  readonly offersAll: boolean;
}

/** A CS2DT account offers what its searches find. */
const SEARCHES = [
  ...new Set(testListings.flatMap(({ side, marketHashName }) => (side === 'cs2' ? [marketHashName] : []))),
  ...kindsAtCs2dt,
].join(';');
/** The marketplace is on this machine, so nothing need be held back. */
const CALLS = { callsPerSecond: '50000' };
/** Prices move every three seconds. Reading both lists takes a tenth of a second. */
const LISTS = { feedEverySeconds: '10' };

/** The account at each front. */
export function frontAccounts(options: FrontOptions): readonly FrontAccount[] {
  return fronts.map((front) => ({ front, ...accountAt[front](options) }));
}

const accountAt: Readonly<Record<Front, (options: FrontOptions) => Omit<FrontAccount, 'front'>>> = {
  cs2dt: ({ marketplaceUrl, callbackSecret }) => {
    const settings = {
      apiKey: SANDBOX_CS2DT_KEY,
      callbackSecret,
      searches: SEARCHES,
      feedCallsPerSecond: '50000',
      // The marketplace's clock is the sandbox's, so that 30 minutes are exact.
      cancelMarginSeconds: '0',
      baseUrl: `${marketplaceUrl}/cs2dt`,
    };
    return { kind: cs2dt, given: { ...CALLS, ...settings } };
  },
  'lis-skins': ({ marketplaceUrl, offersAll }) => {
    const settings = {
      apiKey: SANDBOX_LIS_SKINS_KEY,
      games: offersAll ? `${CS2},${RUST}` : CS2,
      baseUrl: `${marketplaceUrl}/lis-skins/v1`,
      exportUrl: `${marketplaceUrl}/lis-skins/market_export_json`,
      userId: SANDBOX_LIS_SKINS_USER_ID,
      socketUrl: `${marketplaceUrl.replace(/^http/, 'ws')}${LIS_SKINS_SOCKET_PATH}`,
    };
    return { kind: lisSkins, given: { ...CALLS, ...LISTS, ...settings } };
  },
  waxpeer: ({ marketplaceUrl }) => {
    const settings = { apiKey: SANDBOX_WAXPEER_KEY, baseUrl: `${marketplaceUrl}/waxpeer` };
    return { kind: waxpeer, given: { ...CALLS, ...LISTS, ...settings } };
  },
};

/** As the default of MARKET_LISTINGS_PER_NAME. */
const LISTINGS_PER_NAME = 20;

/** An account that is opened without a gateway. */
export interface OpenOptions extends Partial<FrontOptions> {
  readonly marketplaceUrl: string;
  readonly timeoutMs: number;
  /** Absent: the name of the front. */
  readonly id?: string;
  /** Settings that differ from those of the sandbox's account. */
  readonly differs?: Readonly<Record<string, string>>;
  readonly dispatcher?: Dispatcher | undefined;
}

/** The adapter of a front with an account that offers all, for tests and benchmarks. Its calls are not counted. */
export function openFront(front: Front, options: OpenOptions): Supplier {
  const { id = front, timeoutMs, differs = {}, dispatcher } = options;
  const { kind, given } = accountAt[front]({ callbackSecret: '', offersAll: true, ...options });
  const defaults = kind.settings.flatMap(({ name, default: usual }) => (usual === undefined ? [] : [[name, usual]]));
  const settings = { ...Object.fromEntries(defaults), ...given, ...differs };
  return kind.create({ id, settings, timeoutMs, listingsPerName: LISTINGS_PER_NAME, dispatcher });
}
