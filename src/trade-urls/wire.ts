import Type, { type Static } from 'typebox';
import { type Bans, BansShape, type TradeUrlAnswer } from './checker.ts';

/** A check in the form of the public API. Absent fields are omitted. */
export const TradeUrlCheckWire = Type.Object(
  {
    state: Type.Integer({
      minimum: 1,
      maximum: 10,
      description:
        '1 normal, 2 banned in CS2, 3 banned in Rust, 4 banned, 5 inventory private, 6 URL invalid, 7 user not found, 8 unknown error, 9 user not tradeable, 10 Steam unavailable',
    }),
    message: Type.String({ description: 'For people; the text may change' }),
    steamid: Type.Optional(Type.String({ description: 'Present when the URL belongs to an account' })),
    canTrade: Type.Optional(Type.Boolean({ description: 'Present in the states 1 to 4' })),
    reason: Type.Optional(
      Type.Object(
        {
          escrowDays: Type.Integer({ description: 'For how many days Steam would hold the items; 0: no hold' }),
          probation: Type.Boolean(),
        },
        { description: 'Present when canTrade is false' },
      ),
    ),
    bans: Type.Optional(BansShape),
  },
  { $id: 'TradeUrlCheck' },
);
export type TradeUrlCheckWire = Static<typeof TradeUrlCheckWire>;

const states: Readonly<Record<TradeUrlAnswer['standing'], readonly [state: number, message: string]>> = {
  normal: [1, 'This account can trade.'],
  cs2_banned: [2, 'This account is banned in CS2.'],
  rust_banned: [3, 'This account is banned in Rust.'],
  banned: [4, 'This account is banned from trading.'],
  inventory_private: [5, 'The inventory of this account is private.'],
  url_invalid: [6, 'Steam does not know this trade URL. It may have been replaced.'],
  user_not_found: [7, 'This account does not exist.'],
  unknown: [8, 'The check gave no clear answer. Try again later.'],
  not_tradeable: [9, 'This account cannot trade.'],
  refused: [9, 'The marketplace does not deliver to this trade URL.'],
  steam_unavailable: [10, 'Steam is not available right now. Try again later.'],
};

export function checkToWire(answer: TradeUrlAnswer): TradeUrlCheckWire {
  const [state, message] = states[answer.standing];
  return {
    state,
    message,
    ...('steamId' in answer && { steamid: answer.steamId }),
    ...('canTrade' in answer && { canTrade: answer.canTrade }),
    ...('canTrade' in answer &&
      !answer.canTrade && { reason: { escrowDays: answer.escrowDays, probation: answer.isOnProbation } }),
    ...('bans' in answer && answer.bans && { bans: bansToWire(answer.bans) }),
  };
}

/** Field by field, because a cached answer has its fields in another order. */
function bansToWire({ vacBanned, gameBans, economyBan }: Bans): Bans {
  return { vacBanned, gameBans, economyBan };
}
