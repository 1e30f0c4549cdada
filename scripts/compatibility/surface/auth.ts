import { flag, flagOff, instant, steamId, text, tradeUrl, tradeUrlRemarks } from './rules.ts';
import { body, type Section } from './shape.ts';

export const auth: Section = {
  title: 'Clients and trade URLs',
  operations: [
    {
      method: 'POST',
      path: '/auth/authenticate-client',
      summary: 'A token for a client',
      auth: 'key',
      statuses: [400, 401, 403, 429],
      isClosed: true,
      parameters: [
        body('clientSteamId*', steamId),
        body('clientTradeUrl*', tradeUrl, tradeUrlRemarks),
        body('clientId', { type: 'string', maxLength: 128 }, { note: 'shown as `externalClientUserId` of each trade' }),
        body('clientData', { type: 'object' }, { note: 'what the merchant knows of the client' }),
        body('clientData.totalWager', { type: 'number', minimum: 0 }),
        body(
          'clientData.registrationDate',
          { ...instant, nullable: true },
          { ours: { maxLength: 64 }, decided: 'to 64 characters' },
        ),
        body('clientData.kycHash', text, { ours: { maxLength: 1024 }, decided: 'to 1,024 characters' }),
        body('clientData.kycLevel', { type: 'integer', minimum: 0 }),
        body('clientData.fiatDeposits', flag),
        body('clientData.cryptoDeposits', flag),
      ],
    },
    {
      method: 'POST',
      path: '/secure/check-tradeurl',
      summary: 'Check a trade URL',
      auth: 'key',
      statuses: [400, 401, 403, 429],
      isClosed: true,
      differs:
        'In the sandbox, the token of the URL decides. Elsewhere marketplaces are asked: `bans` is absent, and a 9 without `steamid` is not cached. Without an account that can check it answers 503.',
      parameters: [
        body('tradeurl*', tradeUrl, tradeUrlRemarks),
        body('forceRefresh', flagOff, { note: 'otherwise answers are stored for an hour' }),
      ],
    },
  ],
};
