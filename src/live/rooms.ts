const TRADES = 'trades:';

/** The room of sockets that receive all trades of a merchant. */
export function tradesRoom(merchantId: string): string {
  return `${TRADES}${merchantId}`;
}

/** The room of one client's trades. Other clients' trades are excluded because they contain trade URLs. */
export function clientRoom(merchantId: string, steamId: string): string {
  return `${tradesRoom(merchantId)}:${steamId}`;
}

/** The merchants with at least one socket, of the merchant or of a client. */
export function merchantsOf(rooms: Iterable<string>): Set<string> {
  const tradeRooms = [...rooms].filter((room) => room.startsWith(TRADES));
  return new Set(tradeRooms.map((room) => room.slice(TRADES.length).split(':')[0] ?? ''));
}

const MARKET = 'market:';

/** The room of the market at one fee: prices include the merchant's fee, so merchants with the same fee share it. */
export function marketRoom(feeBps: number): string {
  return `${MARKET}${feeBps}`;
}

/** The fees of all market rooms that have sockets. */
export function marketFees(rooms: Iterable<string>): number[] {
  return [...rooms].filter((room) => room.startsWith(MARKET)).map((room) => Number(room.slice(MARKET.length)));
}
