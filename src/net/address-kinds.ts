import { type BlockList, isIP } from 'node:net';
import { familyOf, groupsOf, ipv4In, listOf } from './addresses.ts';

/** The kind of an address that is not on the public internet, as it reads after "is". */
export type AddressKind = (typeof ranges)[number][0] | 'reserved';

/**
 * IANA's registries of special-purpose addresses (RFC 6890), and the addresses at which clouds hand out their machines'
 * credentials. The first row that contains an address names it, so narrow ranges come first.
 */
const ranges = [
  // AWS, GCP, Azure, OpenStack; Alibaba; Azure's host; AWS and GCP over IPv6.
  [
    'for metadata',
    ['169.254.169.254/32', '100.100.100.200/32', '168.63.129.16/32', 'fd00:ec2::/32', 'fd20:ce::254/128'],
  ],
  ['unspecified', ['0.0.0.0/8', '::/128']],
  ['loopback', ['127.0.0.0/8', '::1/128']],
  ['private', ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fec0::/10']],
  ['unique-local', ['fc00::/7']],
  ['link-local', ['169.254.0.0/16', 'fe80::/10']],
  ['shared by a carrier', ['100.64.0.0/10']],
  ['broadcast', ['255.255.255.255/32']],
  ['multicast', ['224.0.0.0/4', 'ff00::/8']],
  ['for documentation', ['192.0.2.0/24', '198.51.100.0/24', '203.0.113.0/24', '2001:db8::/32', '3fff::/20']],
  ['for benchmarks', ['198.18.0.0/15', '2001:2::/48']],
  // 6to4 and Teredo embed an arbitrary IPv4 address, which the other rows would not catch. No server needs them.
  ['a tunnel', ['192.88.99.0/24', '2002::/16', '2001::/32']],
  ['for protocols', ['192.0.0.0/24', '192.31.196.0/24', '192.52.193.0/24', '192.175.48.0/24', '2001::/23']],
  ['for protocols', ['2620:4f:8000::/48']],
  ['reserved', ['240.0.0.0/4']],
] as const satisfies readonly (readonly [string, readonly string[]])[];

const lists = ranges.map(([kind, cidrs]) => [kind, listOf(cidrs)] as const);
/** The part of IPv6 that is in public use (RFC 4291). */
const globalUnicast = listOf(['2000::/3']);

/** @returns the kind of an address, or null if it is on the public internet */
export function kindOf(address: string): AddressKind | null {
  const plain = withoutWrapping(address);
  const family = familyOf(plain);
  const named = lists.find(([, list]) => list.check(plain, family));
  if (named) return named[0];
  return family === 'ipv6' && !globalUnicast.check(plain, family) ? 'reserved' : null;
}

/** Whether one of the ranges contains the address, in any spelling. */
export function isIn(list: BlockList, address: string): boolean {
  const plain = withoutWrapping(address);
  return list.check(plain, familyOf(plain));
}

/**
 * Replaces an IPv6 address that embeds an IPv4 address by that one: IPv4-mapped (RFC 4291) and NAT64 (RFC 6052), which
 * a network without IPv4 uses for every IPv4 host. Other addresses only lose their zone.
 */
function withoutWrapping(address: string): string {
  const [plain = ''] = address.split('%', 1);
  if (isIP(plain) !== 6) return plain;
  const groups = groupsOf(plain);
  const prefix = groups.slice(0, 6).join(':');
  if (prefix !== '0:0:0:0:0:ffff' && prefix !== '64:ff9b:0:0:0:0') return plain;
  return ipv4In(groups.slice(6));
}
