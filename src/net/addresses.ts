import { BlockList, isIP } from 'node:net';

/** The longest address has 45 characters; with a zone and a port it stays below this. */
const LENGTH_MAX = 100;
const WITH_BRACKETS = /^\[([^\]]*)\](?::\d{1,5})?$/;
const IPV4_WITH_PORT = /^([\d.]+):\d{1,5}$/;

/**
 * Reads an address in any spelling that proxies and sockets use: with a port, in brackets, with a zone, and IPv4 as
 * IPv6 (`::ffff:203.0.113.7`).
 * @returns the address in its one usual spelling; null when the text is none
 */
export function readAddress(text: string): string | null {
  if (text.length > LENGTH_MAX) return null;
  const bare = text.trim();
  const inBrackets = WITH_BRACKETS.exec(bare)?.[1];
  const [plain = ''] = (inBrackets ?? IPV4_WITH_PORT.exec(bare)?.[1] ?? bare).split('%', 1);
  switch (isIP(plain)) {
    case 4:
      return inBrackets === undefined ? plain : null;
    case 6:
      return mappedIpv4(plain) ?? usualIpv6(plain);
    default:
      return null;
  }
}

/**
 * Whose address it is, for limits: a household or a machine is given 2^64 addresses of IPv6 at least, so those count
 * as one.
 */
export function limitedNetwork(address: string): string {
  return isIP(address) === 6 ? `${groupsOf(address).slice(0, 4).join(':')}::/64` : address;
}

/** Whether a text is an address or a CIDR range. */
export function isIpRange(text: string): boolean {
  const [address = '', bits, ...rest] = text.split('/');
  const family = isIP(address);
  if (family === 0 || rest.length > 0 || address.includes('%')) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (family === 6 ? 128 : 32));
}

/** Addresses and CIDR ranges of either family, each known to be one. */
export function listOf(texts: readonly string[]): BlockList {
  const list = new BlockList();
  for (const text of texts) {
    const [address = '', bits] = text.split('/');
    const family = familyOf(address);
    if (bits === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(bits), family);
  }
  return list;
}

/** The eight groups of an IPv6 address, in hex without leading zeros, from any spelling. */
export function groupsOf(address: string): string[] {
  const [head = '', tail] = usualIpv6(address).split('::');
  const [before = [], after = []] = [head, tail ?? ''].map((half) => half.split(':').filter(Boolean));
  return [...before, ...Array(8 - before.length - after.length).fill('0'), ...after];
}

/** The IPv4 address that two groups of an IPv6 address hold. */
export function ipv4In(groups: readonly string[]): string {
  return groups.flatMap((group) => [Number.parseInt(group, 16) >> 8, Number.parseInt(group, 16) & 255]).join('.');
}

export function familyOf(address: string): 'ipv4' | 'ipv6' {
  return isIP(address) === 6 ? 'ipv6' : 'ipv4';
}

/** An IPv4 caller on a socket for both families shows up as `::ffff:a.b.c.d`. */
function mappedIpv4(address: string): string | null {
  const groups = groupsOf(address);
  return groups.slice(0, 6).join(':') === '0:0:0:0:0:ffff' ? ipv4In(groups.slice(6)) : null;
}

/** The parser of URLs writes every address in one way, an embedded IPv4 address as two groups. */
function usualIpv6(address: string): string {
  return new URL(`http://[${address}]`).hostname.slice(1, -1);
}
