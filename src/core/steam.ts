/** Steam's trade URLs: anchored, https only, in this parameter order, an 8-character token. */
export const TRADE_URL = '^https://steamcommunity\\.com/tradeoffer/new/\\?partner=\\d{1,10}&token=[A-Za-z0-9_-]{8}$';

const ACCOUNT_NUMBER_MAX = 2 ** 32 - 1;

/** Whether the account number of a trade URL is valid: 32 bits and not 0. */
export function namesAccount(tradeUrl: string): boolean {
  const partner = partnerIn(tradeUrl);
  return partner >= 1n && partner <= ACCOUNT_NUMBER_MAX;
}

function partnerIn(tradeUrl: string): bigint {
  return BigInt(/partner=(\d{1,10})/.exec(tradeUrl)?.[1] ?? '0');
}

/** A SteamID64 of a person's account. */
export const STEAM_ID = '^76561\\d{12}$';

/** A SteamID64 is this number plus the account number, which a trade URL calls `partner`. */
const STEAM_ID_BASE = 76561197960265728n;

/** The recipient's SteamID64, as text. `tradeUrl` must match TRADE_URL. */
export function steamIdOf(tradeUrl: string): string {
  return (STEAM_ID_BASE + partnerIn(tradeUrl)).toString();
}
