import type { FeedEvents, MarketMessage } from '../../../src/live/wire.ts';

/** The live feed (Socket.IO 4, over WebSocket only). The compiler holds its events and messages against those of the feed. */
export interface LiveFact {
  readonly fact: string;
  readonly notOffered?: string;
  readonly differs?: string;
}

const rules = {
  protocol: { fact: 'Socket.IO 4 at the default path and namespace, WebSocket only' },
  'who may listen': { fact: 'the API key as `apiKey` in the query of the handshake, or a client token as `token`' },
  refusal: { fact: 'the server disconnects within 1.5 s, before any event and without a payload' },
  subscription: { fact: 'by itself: the client sends nothing' },
  scope: {
    fact: 'all trades of the merchant, of both games; the market for keys with `CORE_ACCESS`',
    differs: 'a client token receives that client’s trades only, because others’ hold their trade URLs',
  },
  'missed events': { fact: 'not sent again: read the trades after a reconnect' },
} satisfies Record<string, LiveFact>;

const events = {
  trade: { fact: '`{trade}` on every step of a trade' },
  market: { fact: 'one of the messages below; `source` is always `external` here' },
} satisfies Record<keyof FeedEvents, LiveFact>;

const messages = {
  upsert: { fact: 'the whole listing, with `game`, `source` and possibly `at`' },
  remove: { fact: '`itemId`, `game` and `source`' },
  sync: {
    fact: '`reason: "subscribe"` after every connect; `reason: "feed"`, `game` and `source` when too much changed',
  },
} satisfies Record<MarketMessage['type'], LiveFact>;

const left = {
  '`market`: `patch`': { fact: 'as `upsert`, with the whole listing', notOffered: 'a change is an `upsert`' },
  '`deposit`': { fact: '`{funding}`, crypto that was paid in', notOffered: 'crypto' },
  '`withdrawal`': { fact: '`{funding}`, crypto that was paid out', notOffered: 'crypto' },
} satisfies Record<string, LiveFact>;

const spelled = (facts: Readonly<Record<string, LiveFact>>, spell: (name: string) => string) =>
  Object.entries(facts).map(([name, fact]) => [spell(name), fact] as const);

export const liveFacts: readonly (readonly [topic: string, fact: LiveFact])[] = [
  ...Object.entries(rules),
  ...spelled(events, (name) => `\`${name}\``),
  ...spelled(messages, (name) => `\`market\`: \`${name}\``),
  ...Object.entries(left),
];
