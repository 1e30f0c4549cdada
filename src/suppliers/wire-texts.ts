/** Texts that several marketplaces write alike. */

const ISO_UTC = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?Z$/;
const EXTERIOR = /\((Factory New|Minimal Wear|Field-Tested|Well-Worn|Battle-Scarred)\)$/;

/** @returns null when the value is not an existing time in UTC */
export function utcDateOf(value: unknown): Date | null {
  if (typeof value !== 'string' || !ISO_UTC.test(value)) return null;
  const date = new Date(value);
  return Number.isNaN(date.getTime()) ? null : date;
}

/** The exterior that ends the market name of a CS2 item. */
export function exteriorOf(marketHashName: string): string | undefined {
  return EXTERIOR.exec(marketHashName)?.[1];
}

/** Whom a trade URL names, for marketplaces that want its parts. */
export interface Recipient {
  readonly partner: string;
  readonly token: string;
}

/** @returns null when the URL names nobody */
export function recipientOf(tradeUrl: string): Recipient | null {
  const params = URL.parse(tradeUrl)?.searchParams;
  const partner = params?.get('partner');
  const token = params?.get('token');
  return partner && token ? { partner, token } : null;
}
