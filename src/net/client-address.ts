import type { BlockList } from 'node:net';
import { familyOf, isIpRange, listOf, readAddress } from './addresses.ts';

/** The address of a caller that no trusted proxy has named. It is on no list. */
export const UNKNOWN_ADDRESS = 'unknown';

/** Where proxies usually are: on this machine, or in the network that it shares with them. */
const NAMED_NETWORKS: Readonly<Record<string, readonly string[]>> = {
  loopback: ['127.0.0.0/8', '::1'],
  linklocal: ['169.254.0.0/16', 'fe80::/10'],
  uniquelocal: ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7'],
};
/** More proxies in a row than anybody has. */
const PROXIES_MAX = 16;

/** Whose word about a caller's address is taken. */
export type TrustedProxies =
  | { readonly by: 'nobody' }
  /** So many proxies stand in a row before the gateway, whatever their addresses are. */
  | { readonly by: 'number'; readonly count: number }
  | { readonly by: 'address'; readonly list: BlockList };

/**
 * Reads the setting `TRUST_PROXY`: `off`, a number of proxies, their addresses and networks, or `on` for those of
 * private networks.
 * @throws Error that says what can be written
 */
export function readTrustedProxies(text: string): TrustedProxies {
  const setting = text.trim().toLowerCase();
  if (/^(off|false|no|0|)$/.test(setting)) return { by: 'nobody' };
  if (/^(on|true|yes)$/.test(setting)) return { by: 'address', list: listOf(Object.values(NAMED_NETWORKS).flat()) };
  if (/^\d+$/.test(setting)) return { by: 'number', count: readCount(setting) };
  return { by: 'address', list: readProxies(setting) };
}

function readCount(text: string): number {
  const count = Number(text);
  if (count > PROXIES_MAX) throw new Error(`there can be at most ${PROXIES_MAX} proxies in a row`);
  return count;
}

function readProxies(text: string): BlockList {
  const given = text.split(/[\s,]+/).filter(Boolean);
  const parts = given.flatMap((part) => NAMED_NETWORKS[part] ?? part);
  const wrong = parts.find((part) => !isIpRange(part));
  if (wrong !== undefined) {
    throw new Error(
      `"${wrong}" is no address or CIDR range. Write off, the number of proxies in a row (1 for one), or their addresses, such as 10.0.0.5,192.168.7.0/24`,
    );
  }
  const everybody = parts.find((part) => part.endsWith('/0'));
  if (everybody) throw new Error(`${everybody} would let every caller choose its own address`);
  return listOf(parts);
}

/**
 * Who called. `X-Forwarded-For` is read from its right end, where the nearest proxy has written: what stands further
 * left than trusted proxies reach was written by the caller, and counts for nothing. No other header is read.
 * The address is kept with the request, since a closed connection forgets it.
 */
export class ClientAddresses {
  readonly #trusted: TrustedProxies;
  readonly #known = new WeakMap<AddressedRequest, string>();

  /** @throws Error when the setting cannot be read */
  constructor(trustProxy: string) {
    this.#trusted = readTrustedProxies(trustProxy);
  }

  /** @returns an address in its usual spelling, or `unknown` */
  of(request: AddressedRequest): string {
    const known = this.#known.get(request);
    if (known !== undefined) return known;
    const address = this.#read(request) ?? UNKNOWN_ADDRESS;
    this.#known.set(request, address);
    return address;
  }

  #read({ socket, headers }: AddressedRequest): string | null {
    const trusted = this.#trusted;
    const peer = readAddress(socket.remoteAddress ?? '');
    if (trusted.by === 'nobody') return peer;
    const { 'x-forwarded-for': header } = headers;
    const entries = header === undefined ? [] : String(header).split(',').slice(-PROXIES_MAX).reverse();
    // From the nearest to the farthest. An entry that is empty or no address says that its proxy knew none.
    const chain = [peer, ...entries.map(readAddress)];
    const last = chain.length - 1;
    if (trusted.by === 'number') return chain[Math.min(trusted.count, last)] ?? null;
    const nearest = chain.findIndex((address) => !isTrusted(trusted.list, address));
    return chain[nearest < 0 ? last : nearest] ?? null;
  }
}

/** The part of a request that names its caller. */
interface AddressedRequest {
  readonly socket: { readonly remoteAddress?: string | undefined };
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

function isTrusted(list: BlockList, address: string | null): boolean {
  return address !== null && list.check(address, familyOf(address));
}
