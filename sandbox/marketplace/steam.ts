import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { FastifyReply } from 'fastify';
import Type from 'typebox';
import { steamIdOf } from '../../src/core/steam.ts';
import { answerUnavailable, hang } from './replies.ts';

/** The data of an account without restrictions. */
const ordinary = {
  result: 'profile',
  inventory: 'public',
  tradable: true,
  escrow_days: 0,
  vac_banned: false,
  rust_banned: false,
  game_bans: 0,
  economy_ban: 'none',
};

/** The differences of special accounts, by the token of their trade URL. Any other token is an ordinary account. */
const accounts: Readonly<Record<string, Partial<typeof ordinary>>> = {
  escrow__: { escrow_days: 15 },
  probatn_: { economy_ban: 'probation' },
  'cs2-ban_': { vac_banned: true },
  'rust-ban': { rust_banned: true, game_bans: 1 },
  banned__: { economy_ban: 'banned' },
  private_: { inventory: 'private' },
  'no-trade': { tradable: false },
};

const refusals = {
  invalid_: 'no_such_token',
  'no-user_': 'no_such_account',
  error___: 'try the other door',
  steamoff: 'unavailable',
  hangs___: 'hang',
} as const;

export type SteamProfile = typeof ordinary;
export type SteamRefusal = (typeof refusals)[keyof typeof refusals];

/** What Steam knows of the account of a trade URL, by its token; a text if it does not say. */
export function steamAccountOf(token: string): SteamProfile | SteamRefusal {
  const refusal = Object.entries(refusals).find(([name]) => name === token)?.[1];
  return refusal ?? { ...ordinary, ...(Object.hasOwn(accounts, token) ? accounts[token] : {}) };
}

const Query = Type.Object({
  partner: Type.String({ pattern: '^\\d{1,10}$' }),
  token: Type.String({ pattern: '^[A-Za-z0-9_-]{8}$' }),
});

/** A simulated Steam: the token of a trade URL determines the account's data. */
export const steam: FastifyPluginAsyncTypebox = async (app) => {
  app.get('/trade-url', { schema: { querystring: Query } }, async ({ query: { partner, token } }, reply) => {
    const account = steamAccountOf(token);
    if (typeof account === 'string') return refuse(reply, account);
    return { ...account, steamid: steamIdOf(`partner=${partner}`) };
  });
};

function refuse(reply: FastifyReply, refusal: SteamRefusal) {
  switch (refusal) {
    case 'unavailable':
      return answerUnavailable(reply);
    case 'hang':
      return hang(reply);
    default:
      return { result: refusal };
  }
}
