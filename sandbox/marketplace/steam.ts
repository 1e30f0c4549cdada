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

const refusals: Readonly<Record<string, (reply: FastifyReply) => unknown>> = {
  invalid_: () => ({ result: 'no_such_token' }),
  'no-user_': () => ({ result: 'no_such_account' }),
  error___: () => ({ result: 'try the other door' }),
  steamoff: answerUnavailable,
  hangs___: hang,
};

const Query = Type.Object({
  partner: Type.String({ pattern: '^\\d{1,10}$' }),
  token: Type.String({ pattern: '^[A-Za-z0-9_-]{8}$' }),
});

/** A simulated Steam: the token of a trade URL determines the account's data. */
export const steam: FastifyPluginAsyncTypebox = async (app) => {
  app.get('/trade-url', { schema: { querystring: Query } }, async ({ query: { partner, token } }, reply) => {
    const refuse = Object.hasOwn(refusals, token) ? refusals[token] : undefined;
    if (refuse) return refuse(reply);
    const different = Object.hasOwn(accounts, token) ? accounts[token] : {};
    return { ...ordinary, ...different, steamid: steamIdOf(`partner=${partner}`) };
  });
};
