const TRADES = 'trades:';

/** Whoever may hear of all trades of a merchant. */
export function tradesRoom(merchantId: string): string {
  return `${TRADES}${merchantId}`;
}

/** A client hears of its own trades only: those of others hold their trade URLs. */
export function clientRoom(merchantId: string, steamId: string): string {
  return `${tradesRoom(merchantId)}:${steamId}`;
}

/** The merchants of whose trades somebody hears, be it one of their clients. */
export function merchantsOf(rooms: Iterable<string>): Set<string> {
  const told = [...rooms].filter((room) => room.startsWith(TRADES));
  return new Set(told.map((room) => room.slice(TRADES.length).split(':')[0] ?? ''));
}

const MARKET = 'market:';

/** Prices hold the merchant's fee, so merchants of one fee hear the same market. */
export function marketRoom(feeBps: number): string {
  return `${MARKET}${feeBps}`;
}

/** The fees at which somebody listens to the market, of all rooms that have anybody in them. */
export function marketFees(rooms: Iterable<string>): number[] {
  return [...rooms].filter((room) => room.startsWith(MARKET)).map((room) => Number(room.slice(MARKET.length)));
}
