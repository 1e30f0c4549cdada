import Type, { type Static } from 'typebox';
import { Compile } from 'typebox/compile';
import { type Mills, toMills } from '../core/money.ts';
import type { MerchantRow } from '../db/tables.ts';

/** The limits of one client, or of all clients of a merchant together. null: no limit. */
export interface ScopeLimits {
  /** The sum of the prices of items in flight. */
  readonly inFlight: Mills | null;
  /** The sum of the prices of a day's withdrawals. */
  readonly perDay: Mills | null;
  readonly withdrawalsPerDay: number | null;
  /** After this number of declined offers in a day, withdrawals are refused for the rest of the day. */
  readonly declinesPerDay: number | null;
  /** For all client routes together, in addition to the limit of each route. */
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

/** The stored form; an absent field is no limit. */
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
  if (!Stored.Check(stored)) throw new Error('a merchant’s stored client limits are invalid');
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

/** The stored form as text. All amounts are small enough for JSON numbers. */
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

/** The operator and the merchant set limits independently; the lower one applies. */
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
