import Type, { type Static } from 'typebox';

const SteamId = Type.String({ pattern: '^76561\\d{12}$' });

export const BansShape = Type.Object({
  vacBanned: Type.Boolean(),
  /** In any game. */
  gameBans: Type.Integer({ minimum: 0 }),
  economyBan: Type.Enum(['none', 'probation', 'banned']),
});

export type Bans = Static<typeof BansShape>;

/** The account exists, and it is known what it may trade. */
const TraderShape = Type.Object({
  standing: Type.Enum(['normal', 'cs2_banned', 'rust_banned', 'banned']),
  steamId: SteamId,
  canTrade: Type.Boolean(),
  /** For how many days Steam would hold its trades; 0 with a mobile authenticator. */
  escrowDays: Type.Integer({ minimum: 0 }),
  isOnProbation: Type.Boolean(),
  bans: BansShape,
});

/** The account exists but cannot trade. */
const ClosedShape = Type.Object({
  standing: Type.Enum(['inventory_private', 'not_tradeable']),
  steamId: SteamId,
  bans: BansShape,
});

const NoAccountShape = Type.Object({ standing: Type.Enum(['url_invalid', 'user_not_found']) });

/** A clear answer of Steam about a trade URL; only clear answers are cached. */
export const ClearAnswerShape = Type.Union([TraderShape, ClosedShape, NoAccountShape]);
export type ClearAnswer = Static<typeof ClearAnswerShape>;

export interface UnclearAnswer {
  /** `unknown`: the answer could not be interpreted. */
  readonly standing: 'unknown' | 'steam_unavailable';
  /** For people: what was received instead of a clear answer. It contains no part of the URL, because its token is secret. */
  readonly cause: string;
}

export type TradeUrlAnswer = ClearAnswer | UnclearAnswer;

/**
 * Checks trade URLs with Steam. Like a supplier, a checker is stateless and never throws; an answer that it cannot interpret
 * is `unknown` or `steam_unavailable`.
 */
export interface TradeUrlChecker {
  /** @param tradeUrl matches TRADE_URL */
  check(tradeUrl: string): Promise<TradeUrlAnswer>;
  close(): Promise<void>;
}

export function isClear(answer: TradeUrlAnswer): answer is ClearAnswer {
  return answer.standing !== 'unknown' && answer.standing !== 'steam_unavailable';
}
