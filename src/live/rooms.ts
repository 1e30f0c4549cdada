/** Whoever may hear of all trades of a merchant. */
export function tradesRoom(merchantId: string): string {
  return `trades:${merchantId}`;
}

/** A client hears of its own trades only: those of others hold their trade URLs. */
export function clientRoom(merchantId: string, steamId: string): string {
  return `${tradesRoom(merchantId)}:${steamId}`;
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
