import type { LookupAddress } from 'node:dns';
import { lookup, Resolver } from 'node:dns/promises';

/** All addresses of a host name. @throws Error with a readable reason when it has none */
export type Resolve = (host: string) => Promise<LookupAddress[]>;

const QUERY_TIMEOUT_MS = 2000;
const QUERY_TRIES = 2;

/** Resolves as any program on this machine does, the hosts file included: for names that the operator listed. */
export const asThisMachine: Resolve = (host) => lookup(host, { all: true });

/**
 * Resolves by name servers only: for names that merchants choose. They do not use up the few threads that resolve names
 * and write files for the whole process, and neither the hosts file nor a search domain applies to them.
 */
export function byNameServers(newResolver: () => Resolver = currentResolver): Resolve {
  return async (host) => {
    const resolver = newResolver();
    const [v4, v6] = await Promise.allSettled([resolver.resolve4(host), resolver.resolve6(host)]);
    const addresses = [...found(v4, 4), ...found(v6, 6)];
    if (addresses.length === 0) throw new Error(`${host} has no address (${reasonOf(v4)})`);
    return addresses;
  };
}

/** A new resolver each time uses the name servers that the machine has now. */
function currentResolver(): Resolver {
  return new Resolver({ timeout: QUERY_TIMEOUT_MS, tries: QUERY_TRIES });
}

function found(answer: PromiseSettledResult<string[]>, family: 4 | 6): LookupAddress[] {
  return answer.status === 'fulfilled' ? answer.value.map((address) => ({ address, family })) : [];
}

function reasonOf(answer: PromiseSettledResult<string[]>): string {
  const code: unknown = answer.status === 'rejected' ? Reflect.get(Object(answer.reason), 'code') : undefined;
  return typeof code === 'string' ? code : 'no answer';
}
