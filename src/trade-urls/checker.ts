import Type, { type Static } from 'typebox';

const SteamId = Type.String({ pattern: '^76561\\d{12}$' });

export const BansShape = Type.Object({
  vacBanned: Type.Boolean(),
  /** Of any game. */
  gameBans: Type.Integer({ minimum: 0 }),
  economyBan: Type.Enum(['none', 'probation', 'banned']),
});

export type Bans = Static<typeof BansShape>;

/** The account is known, and so is what it may trade. */
const TraderShape = Type.Object({
  standing: Type.Enum(['normal', 'cs2_banned', 'rust_banned', 'banned']),
  steamId: SteamId,
  canTrade: Type.Boolean(),
  /** For how many days Steam would hold what it trades; 0 with a mobile authenticator. */
  escrowDays: Type.Integer({ minimum: 0 }),
  isOnProbation: Type.Boolean(),
  bans: BansShape,
});

/** The account is known, and nothing can be traded with it for a reason of its own. */
const ClosedShape = Type.Object({
  standing: Type.Enum(['inventory_private', 'not_tradeable']),
  steamId: SteamId,
  bans: BansShape,
});

const NobodyShape = Type.Object({ standing: Type.Enum(['url_invalid', 'user_not_found']) });

/** What Steam has clearly said of a trade URL: the part of an answer that is remembered. */
export const ClearAnswerShape = Type.Union([TraderShape, ClosedShape, NobodyShape]);
export type ClearAnswer = Static<typeof ClearAnswerShape>;

export interface UnclearAnswer {
  /** `unknown`: something was said that is not understood. */
  readonly standing: 'unknown' | 'steam_unavailable';
  /** For people: what was seen instead of an answer. It holds no part of the URL, whose token is the owner's. */
  readonly cause: string;
}

export type TradeUrlAnswer = ClearAnswer | UnclearAnswer;

/**
 * Who knows what Steam thinks of a trade URL, as the rest of the gateway sees it. As with suppliers: a checker is
 * stateless and never throws, and what it cannot read as a clear answer is `unknown` or `steam_unavailable`.
 */
export interface TradeUrlChecker {
  /** @param tradeUrl matches TRADE_URL */
  check(tradeUrl: string): Promise<TradeUrlAnswer>;
  close(): Promise<void>;
}

export function isClear(answer: TradeUrlAnswer): answer is ClearAnswer {
  return answer.standing !== 'unknown' && answer.standing !== 'steam_unavailable';
}
