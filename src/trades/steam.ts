/** Steam's trade URLs (wire-api §1): anchored, https only, in this parameter order, an 8-character token. */
export const TRADE_URL = '^https://steamcommunity\\.com/tradeoffer/new/\\?partner=\\d{1,10}&token=[A-Za-z0-9_-]{8}$';

/** A SteamID64 of a person's account (wire-api §1). */
export const STEAM_ID = '^76561\\d{12}$';

/** Steam's own arithmetic: a 64-bit id is this plus the account number, which a trade URL calls `partner`. */
const STEAM_ID_BASE = 76561197960265728n;

/** The recipient's SteamID64, as text. `tradeUrl` must match TRADE_URL. */
export function steamIdOf(tradeUrl: string): string {
  const partner = /partner=(\d+)/.exec(tradeUrl)?.[1] ?? '0';
  return (STEAM_ID_BASE + BigInt(partner)).toString();
}
