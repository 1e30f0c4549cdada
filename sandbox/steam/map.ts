import Type, { type Static } from 'typebox';
import { Compile } from 'typebox/compile';
import type { JsonAnswer } from '../../src/net/json-client.ts';
import type { TradeUrlAnswer } from '../../src/trade-urls/checker.ts';

/** The shapes of the simulated Steam's answers, and what they mean. */

const Profile = Type.Object({
  result: Type.Literal('profile'),
  steamid: Type.String({ pattern: '^76561\\d{12}$' }),
  inventory: Type.Enum(['public', 'private']),
  tradable: Type.Boolean(),
  escrow_days: Type.Integer({ minimum: 0 }),
  vac_banned: Type.Boolean(),
  rust_banned: Type.Boolean(),
  game_bans: Type.Integer({ minimum: 0 }),
  economy_ban: Type.Enum(['none', 'probation', 'banned']),
});
const profileShape = Compile(Profile);
const nobodyShape = Compile(Type.Object({ result: Type.Enum(['no_such_token', 'no_such_account']) }));

export function readProfile(answer: JsonAnswer): TradeUrlAnswer {
  if (!answer.ok) return { standing: 'steam_unavailable', cause: answer.cause };
  if (profileShape.Check(answer.json)) return answerOf(answer.json);
  if (nobodyShape.Check(answer.json)) {
    return { standing: answer.json.result === 'no_such_token' ? 'url_invalid' : 'user_not_found' };
  }
  return { standing: 'unknown', cause: `status ${answer.status}, an answer of an unexpected shape` };
}

function answerOf(profile: Static<typeof Profile>): TradeUrlAnswer {
  const { steamid: steamId, escrow_days: escrowDays, economy_ban: economyBan } = profile;
  const bans = { vacBanned: profile.vac_banned, gameBans: profile.game_bans, economyBan };
  const isOnProbation = economyBan === 'probation';
  const standing = standingOf(profile);
  if (standing === 'not_tradeable' || standing === 'inventory_private') return { standing, steamId, bans };
  // An account that is banned in one game can trade the items of the other.
  const canTrade = standing !== 'banned' && escrowDays === 0 && !isOnProbation;
  return { standing, steamId, canTrade, escrowDays, isOnProbation, bans };
}

/** The most serious reason first. */
function standingOf(profile: Static<typeof Profile>) {
  if (profile.economy_ban === 'banned') return 'banned';
  if (!profile.tradable) return 'not_tradeable';
  if (profile.vac_banned) return 'cs2_banned';
  if (profile.rust_banned) return 'rust_banned';
  return profile.inventory === 'private' ? 'inventory_private' : 'normal';
}
