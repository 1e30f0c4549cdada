import type { Game } from '../core/games.ts';
import type { Supplier } from './supplier.ts';

/** A marketplace for which there is an adapter: what an operator must set, and how an account becomes a supplier. */
export interface SupplierKind {
  /** Short, lower case, never changed: `waxpeer`. It is part of public listing ids. */
  readonly name: string;
  readonly games: readonly Game[];
  readonly settings: readonly SupplierSetting[];
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
}
