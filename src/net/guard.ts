import type { LookupAddress } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import { buildConnector } from 'undici';
import { kindOf } from './address-kinds.ts';
import type { AllowList } from './allow-list.ts';
import { asThisMachine, byNameServers, type Resolve } from './resolve.ts';

/** For one of several addresses of a host, before the next is tried: Node's 250 ms are too short for far continents. */
const ADDRESS_MAX_MS = 2000;

/**
 * Opens connections to merchants' URLs, and to nothing that only this machine or its network should reach (DESIGN 4.6).
 * It is checked here, at the very moment of connecting: what a name stood for at any time before does not matter, and
 * each connection goes to exactly the addresses that were checked (as Svix does it).
 * @param resolve how names are found that are not on the list
 */
export function guardedConnector(allow: AllowList, resolve: Resolve = byNameServers()): buildConnector.connector {
  const connect = buildConnector(connecting(checkedLookup(allow, resolve)));
  return (wanted, callback) => {
    const refusal = refusalOfHost(allow, wanted);
    if (refusal === null) connect(wanted, callback);
    else process.nextTick(callback, new Error(refusal), null);
  };
}

function connecting(lookup: LookupFunction) {
  return { allowH2: false, lookup, autoSelectFamily: true, autoSelectFamilyAttemptTimeout: ADDRESS_MAX_MS };
}

/**
 * What can be said of a URL without asking any name server: that it must be https, and that a host which is written as
 * an address may be called. The parser of URLs has made one spelling of all (`0x7f.1`, `2130706433`, `０１２７.0.0.1`).
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

/** The addresses of a host, when each of them may be called; for `net.connect`, which connects to no others. */
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
 * One address that may not be called is enough: which of them is taken would be chance. The error's text is kept with
 * the attempt, for merchant and operator to read, so the address is not in it: by names of their choice strangers could
 * learn what the gateway's own name servers know.
 */
async function checkedAddresses(allow: AllowList, resolve: Resolve, host: string): Promise<Addresses> {
  const isOperators = allow.isEverything || allow.hasHost(host);
  const [first, ...others] = await (isOperators ? asThisMachine : resolve)(host);
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
