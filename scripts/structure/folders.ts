/**
 * The folders of `src/`, lowest first. A folder may import values only from folders above it in this list, which makes
 * cycles impossible; `import type` is free. The lint step checks it, and `docs/internals/folders.md` shows it.
 */
export const folders = {
  core: 'money, clock, ids, errors, games, item and cancellation states, secrets',
  db: 'connecting, transactions, migrations, table types',
  net: 'outbound HTTP, the guard against private addresses, address lists, Redis',
  config: 'settings from the environment',
  secrets: 'checking stored secrets, encrypting them with another key',
  work: 'the kernel for durable work: jobs, claims, when to look for due rows, lanes, backoff',
  http: 'envelope, validation, paging, error answers',
  ledger: 'accounts, booking, the transfers of each movement',
  clients: 'limits of merchants’ clients and what counts towards them',
  auth: 'API keys, client tokens, request guards, rate limits',
  people: 'those who sign in: staff and members of merchants, sessions, links, passkeys',
  freezes: 'stopping purchases of a marketplace or a merchant',
  cancellations: 'the rules and the table of cancellation requests',
  trades: 'the only writer of item states, queries, timeline, reading routes',
  wallets: 'balances, entries, funding',
  callbacks: 'sending, endpoints, log and replay',
  merchants: 'merchants, keys, secrets, client limits',
  suppliers: 'the interface of a marketplace, its kinds, the registry',
  'supplier-accounts': 'the operator’s accounts at marketplaces',
  'supplier-health': 'which marketplaces complete purchases, and what is left to spend there',
  'feed-sharing': 'what one node has read of a marketplace’s feed, for the others',
  market: 'what is on sale, prices, search',
  'trade-urls': 'checking trade URLs',
  purchases: 'the table of purchases, the hints that make them due',
  'supplier-connections': 'connections over which marketplaces push, each held by one node',
  'quick-buys': 'finding and filling units of quick buys',
  settlement: 'what a marketplace’s answer does to item, money and cancellation',
  cancelling: 'cancelling an item, a whole trade, by timer or operator',
  approvals: 'asking the merchant before anything is bought',
  buying: 'creating trades, quotes, making purchases',
  unknown: 'outcomes that are not known yet, for operators',
  live: 'the live feed',
  reconciliation: 'comparing a marketplace’s own list of orders with our purchases',
  recovery: 'trades and orders that the database has lost: finding them, and recording them again',
  verify: 'the rules that prove the books',
  retention: 'removing what has passed its time: bodies, and ended trades once they are archived',
  operators: 'the audit trail: what operators did, and what it changed',
  'operator-api': 'what people who are signed in may do over HTTP',
  gateway: 'puts a node together: routes, workers, metrics, health',
  cli: 'the command line',
} as const satisfies Record<string, string>;

export type Folder = keyof typeof folders;

export const order = Object.keys(folders) as Folder[]; // Object.keys forgets the literal type

export function isFolder(name: string): name is Folder {
  return Object.hasOwn(folders, name);
}
