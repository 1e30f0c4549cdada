import type { Dispatcher } from 'undici';
import { SECOND_MS } from '../core/clock.ts';
import { CS2, type Game, RUST } from '../core/games.ts';
import type { CallBudget, CallRate } from '../net/call-budget.ts';
import type { ListTurns } from './list-turns.ts';
import type { Supplier } from './supplier.ts';

/** A marketplace for which there is an adapter: what an operator must set, and how an account becomes a supplier. */
export interface SupplierKind {
  /** Short, lower case, never changed: `waxpeer`. It is part of public listing ids. */
  readonly name: string;
  readonly games: readonly Game[];
  readonly settings: readonly SupplierSetting[];
  /**
   * How many calls an account may make, if its settings do not say it with `callsPerSecond`. Absent: the calls are not
   * counted.
   */
  readonly calls?: CallRate;
  create(account: SupplierAccount): Supplier;
}

export interface SupplierSetting {
  /** In camel case: `apiKey`. */
  readonly name: string;
  /** Secrets are never shown again. */
  readonly isSecret: boolean;
  /** Absent: the setting must be given. */
  readonly default?: string;
  /** What a value must look like. */
  readonly pattern: RegExp;
  /** For operators: what it is, and where the marketplace shows it. */
  readonly description: string;
}

/** An operator's account at a marketplace. */
export interface SupplierAccount {
  /** Stored with every item and purchase of the account. */
  readonly id: string;
  /** A value for each setting of the kind. */
  readonly settings: Readonly<Record<string, string>>;
  /** The time limit of one call. */
  readonly timeoutMs: number;
  /** How many listings of a name are kept of a list that is too large to be kept: the cheapest. */
  readonly listingsPerName: number;
  /** When its whole lists may be read; absent: at once. */
  readonly listTurns?: ListTurns | undefined;
  /** What limits its calls, for its client; absent: nothing. */
  readonly budget?: CallBudget | undefined;
  /** What carries its calls; absent: connections of its own. */
  readonly dispatcher?: Dispatcher | undefined;
}

const WEB_ADDRESS = /^https?:\/\/[^\s?#]+$/;
const SOCKET_ADDRESS = /^wss?:\/\/[^\s?#]+$/;

/** @param tie a sentence about what the marketplace ties the key to */
export function apiKeySetting(tie = '', lengthMax = 200): SupplierSetting {
  const pattern = new RegExp(`^[\\x21-\\x7e]{1,${lengthMax}}$`);
  return { name: 'apiKey', isSecret: true, pattern, description: `The API key of the account. ${tie}`.trim() };
}

/** Both games, unless the operator wants one. `gamesOf` reads it. */
export const gamesSetting: SupplierSetting = {
  name: 'games',
  isSecret: false,
  default: `${CS2},${RUST}`,
  pattern: new RegExp(`^(${CS2}|${RUST}|${CS2},${RUST})$`),
  description: `What is bought there: ${CS2} for CS2, ${RUST} for Rust, or both with a comma.`,
};

/** The games of `gamesSetting`. */
export function gamesOf({ settings }: Pick<SupplierAccount, 'settings'>): readonly Game[] {
  const wanted = settings[gamesSetting.name]?.split(',') ?? [];
  return [CS2, RUST].filter((game) => wanted.includes(game));
}

/**
 * A setting that tests and simulators change.
 * @param what begins the description
 */
export function addressSetting(name: string, address: string, what: string): SupplierSetting {
  const pattern = address.startsWith('ws') ? SOCKET_ADDRESS : WEB_ADDRESS;
  const description = `${what} Change it only to use a simulator.`;
  return { name, isSecret: false, default: address, pattern, description };
}

/** The setting with which an operator changes the rate of an account. */
export function callsPerSecondSetting({ perSecond, burst }: CallRate, known: string): SupplierSetting {
  return {
    name: 'callsPerSecond',
    isSecret: false,
    default: String(perSecond),
    pattern: /^[1-9]\d{0,4}$/,
    description: `How many calls a second the account may make, and ${burst} at once after a pause. ${known}`,
  };
}

/** The setting with which an operator changes how often the listings of an account are read. */
export function feedEverySetting(everyMs: number): SupplierSetting {
  return {
    name: 'feedEverySeconds',
    isSecret: false,
    default: String(everyMs / SECOND_MS),
    pattern: /^([1-9]\d?|[1-5]\d\d|600)$/,
    description: 'After how many seconds what is on sale is read again, up to 600.',
  };
}

/** @returns null: the calls of the account are not counted */
export function rateOf({ calls }: SupplierKind, { settings }: Pick<SupplierAccount, 'settings'>): CallRate | null {
  if (!calls) return null;
  const perSecond = Number(settings['callsPerSecond'] ?? calls.perSecond);
  return { perSecond, burst: Math.max(calls.burst, perSecond) };
}
