import { isIP } from 'node:net';
import { type AddressKind, isIn, kindOf } from './address-kinds.ts';
import { isIpRange, listOf } from './addresses.ts';

/** All addresses and plain http: what the sandbox has unless told otherwise. */
export const ALLOW_EVERYTHING = '*';

/** What an operator lets callbacks reach beyond the open internet. */
export interface AllowList {
  readonly isEverything: boolean;
  /** Whether the host of a URL is named, or is an address that is: plain http may be spoken to those. */
  hasHost(host: string): boolean;
  /** Whether a host may be reached at this address. */
  hasAddress(host: string, address: string): boolean;
}

/** What a name on the list opens. The others can hold a machine's credentials, and take an address on the list. */
const openedByName: ReadonlySet<AddressKind | null> = new Set<AddressKind>([
  'private',
  'loopback',
  'unique-local',
  'shared by a carrier',
]);

/**
 * Reads the setting `CALLBACK_ALLOW`: hosts, addresses and CIDR ranges with commas between them.
 * @throws Error naming the first part that is none of these
 */
export function readAllowList(text: string): AllowList {
  const parts = text.split(',').map((part) => part.trim().toLowerCase());
  const given = parts.filter((part) => part !== '' && part !== ALLOW_EVERYTHING);
  const wrong = given.find((part) => !isIpRange(part) && !isHostName(part));
  if (wrong !== undefined) throw new Error(`"${wrong}" is no host name, address or CIDR range`);
  const listed = listOf(given.filter(isIpRange));
  const names = new Set(given.filter((part) => !isIpRange(part)).map(withoutDot));
  const isNamed = (host: string) => names.has(withoutDot(host));
  return {
    isEverything: parts.includes(ALLOW_EVERYTHING),
    hasHost: (host) => (isIP(host) === 0 ? isNamed(host) : isIn(listed, host)),
    hasAddress: (host, address) => isIn(listed, address) || (isNamed(host) && openedByName.has(kindOf(address))),
  };
}

/** As a URL would have it: so no port, no path, and no address in another spelling. */
function isHostName(text: string): boolean {
  const url = `http://${text}/`;
  return /^([a-z0-9_-]+\.)*[a-z0-9_-]+\.?$/.test(text) && URL.canParse(url) && new URL(url).hostname === text;
}

function withoutDot(host: string): string {
  return host.endsWith('.') ? host.slice(0, -1) : host;
}
