/** The live feed (Socket.IO 4, over WebSocket only): what the server tells. */
export interface LiveFact {
  readonly topic: string;
  readonly fact: string;
  readonly notOffered?: string;
  readonly differs?: string;
}

export const liveFacts: readonly LiveFact[] = [
  { topic: 'protocol', fact: 'Socket.IO 4 at the default path and namespace, WebSocket only' },
  { topic: 'who', fact: 'the API key as `apiKey` in the query of the handshake, or a client token as `token`' },
  { topic: 'refusal', fact: 'the server disconnects within 1.5 s, before any event and without a payload' },
  { topic: 'subscription', fact: 'by itself: the client sends nothing' },
  { topic: 'scope', fact: 'keys with `CORE_ACCESS` hear of the market, the others only of trades' },
  { topic: '`trade`', fact: '`{trade}` on every step of one of the merchant’s trades, in both games' },
  {
    topic: '`market` `sync`',
    fact: 'after every connect with `reason: "subscribe"`, and with `reason: "feed"`, `game` and `source` when too much changed',
  },
  { topic: '`market` `upsert`, `patch`', fact: 'the whole listing, with `game`, `source` and, perhaps, `at`' },
  { topic: '`market` `remove`', fact: '`itemId`, `game` and `source`' },
  { topic: '`deposit`', fact: '`{funding}`, crypto that was paid in', notOffered: 'crypto' },
  { topic: '`withdrawal`', fact: '`{funding}`, crypto that was paid out', notOffered: 'crypto' },
  { topic: 'missed events', fact: 'not sent again: read the trades after a reconnect' },
];
