import { BlockList, isIP } from 'node:net';

/** The longest address has 45 characters, and less than 100 with a zone and a port. */
const LENGTH_MAX = 100;
const WITH_BRACKETS = /^\[([^\]]*)\](?::\d{1,5})?$/;
const IPV4_WITH_PORT = /^([\d.]+):\d{1,5}$/;

/**
 * Parses an address in any form that proxies and sockets use: with a port, in brackets, with a zone, and IPv4 as
 * IPv6 (`::ffff:203.0.113.7`).
 * @returns the address in its canonical form; null when the text is not an address
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
      return mappedIpv4(plain) ?? canonicalIpv6(plain);
    default:
      return null;
  }
}

/**
 * The network of an address, for limits. A household or a machine has at least 2^64 IPv6 addresses, so a /64 network counts
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

/** A list of valid addresses and CIDR ranges of both families. */
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

/** The eight groups of an IPv6 address, in hex without leading zeros. */
export function groupsOf(address: string): string[] {
  const [head = '', tail] = canonicalIpv6(address).split('::');
  const [before = [], after = []] = [head, tail ?? ''].map((half) => half.split(':').filter(Boolean));
  return [...before, ...Array(8 - before.length - after.length).fill('0'), ...after];
}

/** The IPv4 address in two groups of an IPv6 address. */
export function ipv4In(groups: readonly string[]): string {
  return groups.flatMap((group) => [Number.parseInt(group, 16) >> 8, Number.parseInt(group, 16) & 255]).join('.');
}

export function familyOf(address: string): 'ipv4' | 'ipv6' {
  return isIP(address) === 6 ? 'ipv6' : 'ipv4';
}

/** A dual-stack socket shows an IPv4 caller as `::ffff:a.b.c.d`. */
function mappedIpv4(address: string): string | null {
  const groups = groupsOf(address);
  return groups.slice(0, 6).join(':') === '0:0:0:0:0:ffff' ? ipv4In(groups.slice(6)) : null;
}

/** The URL parser writes every address in one form; an embedded IPv4 address becomes two groups. */
function canonicalIpv6(address: string): string {
  return new URL(`http://[${address}]`).hostname.slice(1, -1);
}
