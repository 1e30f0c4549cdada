import type { LookupAddress } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import { buildConnector } from 'undici';
import { kindOf } from './address-kinds.ts';
import type { AllowList } from './allow-list.ts';
import { asThisMachine, byNameServers, type Resolve } from './resolve.ts';

/**
 * How long one of a host's addresses may take before the next is tried. Node's 250 ms are too short for far continents.
 */
const ADDRESS_MAX_MS = 2000;

/**
 * Opens connections to merchants' URLs, and refuses addresses that only this machine or its network should reach. The
 * check is made when the connection is opened: what a name resolved to before does not matter, and each connection goes
 * to exactly the addresses that were checked.
 * @param resolve how to resolve names that are not on the list
 */
export function guardedConnector(allow: AllowList, resolve: Resolve = byNameServers()): buildConnector.connector {
  const connect = buildConnector(connectOptions(checkedLookup(allow, resolve)));
  return (wanted, callback) => {
    const refusal = refusalOfHost(allow, wanted);
    if (refusal === null) connect(wanted, callback);
    else process.nextTick(callback, new Error(refusal), null);
  };
}

function connectOptions(lookup: LookupFunction) {
  return { allowH2: false, lookup, autoSelectFamily: true, autoSelectFamilyAttemptTimeout: ADDRESS_MAX_MS };
}

/**
 * Why a URL is refused without a look-up: it is not https, or its host is an address that may not be called. The URL
 * parser has given every spelling of an address (`0x7f.1`, `2130706433`, `０１２７.0.0.1`) the same form.
 */
export function refusalOfHost(allow: AllowList, url: { protocol: string; hostname: string }): string | null {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  if (allow.isEverything) return null;
  if (isIP(host) !== 0) {
    const refusal = refusalOfAddress(allow, host, host);
    if (refusal !== null) return `address ${host} ${refusal}`;
  }
  return url.protocol === 'https:' || allow.hasHost(host) ? null : `plain http to ${host} is not allowed; use https`;
}

/** For `net.connect`: a host's addresses, if all of them may be called. It connects to no others. */
export function checkedLookup(allow: AllowList, resolve: Resolve): LookupFunction {
  return (host, { all }, callback) => {
    checkedAddresses(allow, resolve, host).then(
      ([first, ...others]) => {
        if (all) callback(null, [first, ...others]);
        else callback(null, first.address, first.family);
      },
      (error) => callback(error, []),
    );
  };
}

type Addresses = [LookupAddress, ...LookupAddress[]];

/**
 * Refuses a host if any of its addresses may not be called, as any of them could be used. The error does not contain
 * the address: merchants read it with the attempt, and could use names of their choice to learn what internal name
 * servers know.
 */
async function checkedAddresses(allow: AllowList, resolve: Resolve, host: string): Promise<Addresses> {
  const isListed = allow.isEverything || allow.hasHost(host);
  const [first, ...others] = await (isListed ? asThisMachine : resolve)(host);
  if (!first) throw new Error(`${host} has no address`);
  for (const { address } of allow.isEverything ? [] : [first, ...others]) {
    const refusal = refusalOfAddress(allow, host, address);
    if (refusal !== null) throw new Error(`an address of ${host} ${refusal}`);
  }
  return [first, ...others];
}

function refusalOfAddress(allow: AllowList, host: string, address: string): string | null {
  const kind = kindOf(address);
  return kind === null || allow.hasAddress(host, address) ? null : `is ${kind} and not allowed`;
}
