import type { LookupAddress } from 'node:dns';
import { lookup, Resolver } from 'node:dns/promises';

/** All addresses of a host name. @throws Error in words when it has none */
export type Resolve = (host: string) => Promise<LookupAddress[]>;

const ASK_MAX_MS = 2000;
const ASKS = 2;

/** As every program of this machine would find it, the hosts file included: for the operator's own names. */
export const asThisMachine: Resolve = (host) => lookup(host, { all: true });

/**
 * By name servers alone: for names that merchants choose. They never wait in the few threads that look up names and
 * write files for the whole process, and they are never one of the hosts file, or completed by a search domain.
 */
export function byNameServers(newResolver: () => Resolver = usualResolver): Resolve {
  return async (host) => {
    const resolver = newResolver();
    const [v4, v6] = await Promise.allSettled([resolver.resolve4(host), resolver.resolve6(host)]);
    const addresses = [...found(v4, 4), ...found(v6, 6)];
    if (addresses.length === 0) throw new Error(`${host} has no address (${reasonOf(v4)})`);
    return addresses;
  };
}

/** A new one each time knows the name servers that the machine has now. */
function usualResolver(): Resolver {
  return new Resolver({ timeout: ASK_MAX_MS, tries: ASKS });
}

function found(answer: PromiseSettledResult<string[]>, family: 4 | 6): LookupAddress[] {
  return answer.status === 'fulfilled' ? answer.value.map((address) => ({ address, family })) : [];
}

function reasonOf(answer: PromiseSettledResult<string[]>): string {
  const code: unknown = answer.status === 'rejected' ? Reflect.get(Object(answer.reason), 'code') : undefined;
  return typeof code === 'string' ? code : 'no answer';
}
