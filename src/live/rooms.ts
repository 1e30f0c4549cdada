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

/** Merchants who see the same market at the same prices. */
export interface MarketAudience {
  /** Prices include it. */
  readonly feeBps: number;
  /** The accounts that they may not use, in alphabetical order. */
  readonly deniedAccounts: readonly string[];
}

/** The room of a market audience. */
export function marketRoom({ feeBps, deniedAccounts }: MarketAudience): string {
  return `${MARKET}${[feeBps, ...deniedAccounts].join()}`;
}

/** The audiences of all market rooms that have sockets. */
export function marketAudiences(rooms: Iterable<string>): MarketAudience[] {
  const names = [...rooms].filter((room) => room.startsWith(MARKET)).map((room) => room.slice(MARKET.length));
  return names.map((name) => {
    const [feeBps, ...deniedAccounts] = name.split(',');
    return { feeBps: Number(feeBps), deniedAccounts };
  });
}
