import { OperatorError } from '../src/core/operator-error.ts';
import type { Deps } from '../src/deps.ts';
import { addAccount, changeAccount, listAccounts } from '../src/supplier-accounts/operations.ts';
import { cs2dt } from '../src/suppliers/cs2dt/index.ts';
import { lisSkins } from '../src/suppliers/lis-skins/index.ts';
import { waxpeer } from '../src/suppliers/waxpeer/index.ts';
import { testListings } from './marketplace/catalogue.ts';
import { SANDBOX_CS2DT_KEY } from './marketplace/cs2dt.ts';
import { SANDBOX_LIS_SKINS_KEY } from './marketplace/lis-skins.ts';
import { LIS_SKINS_SOCKET_PATH, SANDBOX_LIS_SKINS_USER_ID } from './marketplace/lis-skins-socket.ts';
import { SANDBOX_WAXPEER_KEY } from './marketplace/waxpeer.ts';

/** An operator's account at one of the marketplace's fronts, each of which speaks as a real marketplace does. */
export interface FrontAccount {
  /** The kind of the account. */
  readonly kind: string;
  readonly given: Readonly<Record<string, string>>;
}

/** A CS2DT account offers what its searches find: the test listings, and all of one weapon. */
const SEARCHES = [
  ...new Set(testListings.flatMap(({ side, marketHashName }) => (side === 'cs2' ? [marketHashName] : []))),
  'AK-47',
].join(';');
/** The marketplace is on this machine, so nothing need be held back. */
const CALLS = { callsPerSecond: '500' };

/** @param callbackSecret signs what the CS2DT front pushes */
export function frontAccounts(marketplaceUrl: string, callbackSecret: string): readonly FrontAccount[] {
  return [
    {
      kind: waxpeer.name,
      given: { ...CALLS, apiKey: SANDBOX_WAXPEER_KEY, baseUrl: `${marketplaceUrl}/waxpeer` },
    },
    {
      kind: lisSkins.name,
      given: {
        ...CALLS,
        apiKey: SANDBOX_LIS_SKINS_KEY,
        baseUrl: `${marketplaceUrl}/lis-skins/v1`,
        exportUrl: `${marketplaceUrl}/lis-skins/market_export_json`,
        userId: SANDBOX_LIS_SKINS_USER_ID,
        socketUrl: `${marketplaceUrl.replace(/^http/, 'ws')}${LIS_SKINS_SOCKET_PATH}`,
      },
    },
    {
      kind: cs2dt.name,
      given: {
        ...CALLS,
        apiKey: SANDBOX_CS2DT_KEY,
        callbackSecret,
        searches: SEARCHES,
        feedCallsPerSecond: '500',
        baseUrl: `${marketplaceUrl}/cs2dt`,
      },
    },
  ];
}

/**
 * Adds an account at each front, or sets where it is by now. The id is that of the kind.
 * @throws OperatorError when an account with such an id is at another marketplace
 */
export async function ensureAccounts(
  deps: Pick<Deps, 'db' | 'clock' | 'secrets' | 'supplierKinds'>,
  accounts: readonly FrontAccount[],
): Promise<void> {
  for (const account of accounts) {
    if ((await kindOf(deps, account.kind)) === undefined) await add(deps, account);
    else await change(deps, account);
  }
}

type AccountDeps = Parameters<typeof ensureAccounts>[0];

async function add(deps: AccountDeps, { kind, given }: FrontAccount): Promise<void> {
  try {
    await addAccount(deps, { kind, id: kind, given });
  } catch (error) {
    // Another node of the sandbox has just added it.
    if ((await kindOf(deps, kind)) !== kind) throw error;
  }
}

async function change(deps: AccountDeps, { kind, given }: FrontAccount): Promise<void> {
  const before = await kindOf(deps, kind);
  if (before !== kind)
    throw new OperatorError(`account ${kind} is at ${before}; remove it, or set SANDBOX_MARKETPLACES=own`);
  await changeAccount(deps, kind, given);
}

async function kindOf(deps: AccountDeps, id: string): Promise<string | undefined> {
  return (await listAccounts(deps)).find((account) => account.id === id)?.kind;
}
