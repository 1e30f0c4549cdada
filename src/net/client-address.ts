import type { BlockList } from 'node:net';
import { familyOf, isIpRange, listOf, readAddress } from './addresses.ts';

/** The address of a caller whose trusted proxies do not report one. It is on no allow list. */
export const UNKNOWN_ADDRESS = 'unknown';

/** The networks in which proxies usually run. */
const NAMED_NETWORKS: Readonly<Record<string, readonly string[]>> = {
  loopback: ['127.0.0.0/8', '::1'],
  linklocal: ['169.254.0.0/16', 'fe80::/10'],
  uniquelocal: ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7'],
};
/** More proxies than any deployment has in a row. */
const PROXIES_MAX = 16;

/** Which proxies are trusted to report a caller's address. */
export type TrustedProxies =
  | { readonly by: 'none' }
  /** This number of proxies in a row, whatever their addresses. */
  | { readonly by: 'number'; readonly count: number }
  | { readonly by: 'address'; readonly list: BlockList };

/**
 * Reads the setting `TRUST_PROXY`: `off`, a number of proxies, their addresses and networks, or `on` for those of
 * private networks.
 * @throws Error with the valid values
 */
export function readTrustedProxies(text: string): TrustedProxies {
  const setting = text.trim().toLowerCase();
  if (/^(off|false|no|0|)$/.test(setting)) return { by: 'none' };
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
      `"${wrong}" is not an address or CIDR range. Write off, the number of proxies in a row (such as 1), or their addresses, such as 10.0.0.5,192.168.7.0/24`,
    );
  }
  const anyAddress = parts.find((part) => part.endsWith('/0'));
  if (anyAddress) throw new Error(`${anyAddress} would let every caller choose its own address`);
  return listOf(parts);
}

/**
 * The addresses of callers. `X-Forwarded-For` is read from the right, where the nearest proxy writes. Entries to the left of
 * the trusted proxies come from the caller and are ignored. No other header is read. The address is cached by request,
 * because Node drops it when the connection closes.
 */
export class ClientAddresses {
  readonly #trusted: TrustedProxies;
  readonly #known = new WeakMap<AddressedRequest, string>();

  /** @throws Error when the setting is invalid */
  constructor(trustProxy: string) {
    this.#trusted = readTrustedProxies(trustProxy);
  }

  /** @returns an address in its canonical form, or `unknown` */
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
    if (trusted.by === 'none') return peer;
    const { 'x-forwarded-for': header } = headers;
    const entries = header === undefined ? [] : String(header).split(',').slice(-PROXIES_MAX).reverse();
    // From the nearest to the farthest. An empty or invalid entry means that its proxy knew no address.
    const chain = [peer, ...entries.map(readAddress)];
    const last = chain.length - 1;
    if (trusted.by === 'number') return chain[Math.min(trusted.count, last)] ?? null;
    const nearest = chain.findIndex((address) => !isTrusted(trusted.list, address));
    return chain[nearest < 0 ? last : nearest] ?? null;
  }
}

/** The part of a request that determines its caller's address. */
interface AddressedRequest {
  readonly socket: { readonly remoteAddress?: string | undefined };
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

function isTrusted(list: BlockList, address: string | null): boolean {
  return address !== null && list.check(address, familyOf(address));
}
