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
  bans: Type.Optional(BansShape),
});

/** A marketplace delivers to the account. It does not tell what Steam knows of it. */
const AcceptedShape = Type.Object({
  standing: Type.Literal('normal'),
  steamId: SteamId,
  canTrade: Type.Literal(true),
});

/** The account exists but cannot trade. */
const ClosedShape = Type.Object({
  standing: Type.Enum(['inventory_private', 'not_tradeable']),
  steamId: SteamId,
  bans: Type.Optional(BansShape),
});

const NoAccountShape = Type.Object({ standing: Type.Enum(['url_invalid', 'user_not_found']) });

/** A clear answer about a trade URL; only clear answers are cached. */
export const ClearAnswerShape = Type.Union([TraderShape, AcceptedShape, ClosedShape, NoAccountShape]);
export type ClearAnswer = Static<typeof ClearAnswerShape>;

export interface UnclearAnswer {
  /**
   * `unknown`: there was no answer, or it could not be interpreted. `refused`: a marketplace does not deliver to the URL, and
   * does not say which fact about the account is the cause, or the cause is a ban of its own.
   */
  readonly standing: 'unknown' | 'steam_unavailable' | 'refused';
  /** For people: what was received instead of a clear answer. It contains no part of the URL, because its token is secret. */
  readonly cause: string;
  /** The marketplace was not asked, because the budget of the account held the call back. */
  readonly isHeld?: true;
}

export type TradeUrlAnswer = ClearAnswer | UnclearAnswer;

/**
 * Checks trade URLs with Steam, or with marketplaces. Like a supplier, a checker is stateless and never throws; an answer
 * that it cannot interpret is `unknown` or `steam_unavailable`.
 */
export interface TradeUrlChecker {
  /** @param tradeUrl matches TRADE_URL */
  check(tradeUrl: string): Promise<TradeUrlAnswer>;
  close(): Promise<void>;
}

export function isClear(answer: TradeUrlAnswer): answer is ClearAnswer {
  return !('cause' in answer);
}
