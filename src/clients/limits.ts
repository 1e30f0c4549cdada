import Type, { type Static } from 'typebox';
import { Compile } from 'typebox/compile';
import { type Mills, toMills } from '../core/money.ts';
import type { MerchantRow } from '../db/tables.ts';

/** What one client may do, or all of a merchant's together. null: as much as it likes. */
export interface ScopeLimits {
  /** The prices of items under way. */
  readonly inFlight: Mills | null;
  /** What withdrawals of a day may cost. */
  readonly perDay: Mills | null;
  readonly withdrawalsPerDay: number | null;
  /** When so many offers were declined in a day, nothing more is withdrawn on it. */
  readonly declinesPerDay: number | null;
  /** Over all routes of clients together, beside the limit of each route. */
  readonly requestsPerMinute: number | null;
}

export interface ClientLimits {
  readonly each: ScopeLimits;
  readonly all: ScopeLimits;
}

export const limitNames = [
  'inFlight',
  'perDay',
  'withdrawalsPerDay',
  'declinesPerDay',
  'requestsPerMinute',
] as const satisfies (keyof ScopeLimits)[];

export type LimitName = (typeof limitNames)[number];

export const noScopeLimits: ScopeLimits = {
  inFlight: null,
  perDay: null,
  withdrawalsPerDay: null,
  declinesPerDay: null,
  requestsPerMinute: null,
};

/** As columns hold them: what is absent is not limited. */
const StoredScope = Type.Object({
  inFlightMills: Type.Optional(Type.Integer({ minimum: 0 })),
  perDayMills: Type.Optional(Type.Integer({ minimum: 0 })),
  withdrawalsPerDay: Type.Optional(Type.Integer({ minimum: 0 })),
  declinesPerDay: Type.Optional(Type.Integer({ minimum: 0 })),
  requestsPerMinute: Type.Optional(Type.Integer({ minimum: 1 })),
});
const Stored = Compile(Type.Object({ each: Type.Optional(StoredScope), all: Type.Optional(StoredScope) }));

/** @throws Error for a column that `storedClientLimits` did not write */
export function readClientLimits(stored: unknown): ClientLimits {
  if (!Stored.Check(stored)) throw new Error('the limits of a merchant’s clients in the database cannot be read');
  return { each: readScope(stored.each ?? {}), all: readScope(stored.all ?? {}) };
}

function readScope(stored: Static<typeof StoredScope>): ScopeLimits {
  const { inFlightMills, perDayMills } = stored;
  return {
    inFlight: inFlightMills === undefined ? null : toMills(BigInt(inFlightMills)),
    perDay: perDayMills === undefined ? null : toMills(BigInt(perDayMills)),
    withdrawalsPerDay: stored.withdrawalsPerDay ?? null,
    declinesPerDay: stored.declinesPerDay ?? null,
    requestsPerMinute: stored.requestsPerMinute ?? null,
  };
}

/** The text for a column. Amounts are far below what a JSON number holds exactly. */
export function storedClientLimits({ each, all }: ClientLimits): string {
  return JSON.stringify({ each: storedScope(each), all: storedScope(all) });
}

function storedScope({ inFlight, perDay, ...counts }: ScopeLimits): Record<string, number> {
  const amounts = {
    inFlightMills: inFlight === null ? null : Number(inFlight),
    perDayMills: perDay === null ? null : Number(perDay),
  };
  return Object.fromEntries(
    Object.entries({ ...amounts, ...counts }).filter((entry): entry is [string, number] => entry[1] !== null),
  );
}

/** The operator and the merchant limit independently of one another: the lower of two limits counts. */
export function limitsInForce(merchant: Pick<MerchantRow, 'client_limits' | 'own_client_limits'>): ClientLimits {
  return lowerOf(readClientLimits(merchant.client_limits), readClientLimits(merchant.own_client_limits));
}

function lowerOf(a: ClientLimits, b: ClientLimits): ClientLimits {
  return { each: lowerScope(a.each, b.each), all: lowerScope(a.all, b.all) };
}

function lowerScope(a: ScopeLimits, b: ScopeLimits): ScopeLimits {
  return {
    inFlight: lower(a.inFlight, b.inFlight),
    perDay: lower(a.perDay, b.perDay),
    withdrawalsPerDay: lower(a.withdrawalsPerDay, b.withdrawalsPerDay),
    declinesPerDay: lower(a.declinesPerDay, b.declinesPerDay),
    requestsPerMinute: lower(a.requestsPerMinute, b.requestsPerMinute),
  };
}

function lower<T extends Mills | number>(a: T | null, b: T | null): T | null {
  if (a === null || b === null) return a ?? b;
  return a < b ? a : b;
}
