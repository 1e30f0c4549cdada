import { isIP } from 'node:net';
import { type AddressKind, isIn, kindOf } from './address-kinds.ts';
import { isIpRange, listOf } from './addresses.ts';

/** All addresses and plain http: the sandbox's default. */
export const ALLOW_EVERYTHING = '*';

/** What an operator allows callbacks to reach beside the public internet. */
export interface AllowList {
  readonly isEverything: boolean;
  /** Whether the host of a URL is on the list, by name or as an address: plain http is allowed for it. */
  hasHost(host: string): boolean;
  /** Whether this address of a host may be called. */
  hasAddress(host: string, address: string): boolean;
}

/**
 * The kinds that a name on the list allows. The others can lead to a machine's credentials, so they must be listed by
 * address.
 */
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

/** Whether it is a host exactly as a URL has it: without port, path, or another spelling of an address. */
function isHostName(text: string): boolean {
  const url = `http://${text}/`;
  return /^([a-z0-9_-]+\.)*[a-z0-9_-]+\.?$/.test(text) && URL.canParse(url) && new URL(url).hostname === text;
}

function withoutDot(host: string): string {
  return host.endsWith('.') ? host.slice(0, -1) : host;
}
