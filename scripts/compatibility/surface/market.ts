import { gameNumber, itemName, page, phase, sort } from './rules.ts';
import { type Operation, query, type Section } from './shape.ts';

const someGames = { ours: { enum: ['730', '252490'], default: '730' }, decided: '`730` or `252490`' };

const marketQuery = [
  query('game', gameNumber, someGames),
  query('search', { type: 'string', maxLength: 100 }),
  query('sort', sort, { ours: { default: 'relevance' }, decided: 'default `relevance`' }),
  query('minPrice', { type: 'number', minimum: 0, nullable: true }),
  query('maxPrice', { type: 'number', minimum: 0, nullable: true }),
  query('page', page, { ours: { maximum: 10_000 }, decided: 'to 10,000' }),
  query(
    'perPage',
    { type: 'integer', default: 50 },
    {
      note: '-1: everything in one answer',
      ours: { minimum: -1, maximum: 1_000_000 },
      decided: 'to 1,000,000',
    },
  ),
  query('development', { type: 'boolean', default: false }),
];

const listingQuery = [
  query('itemId', itemName, { note: 'a catalogue id; wins over `marketHashName`' }),
  query('marketHashName', itemName),
  query('delivery', { enum: ['any', 'standard', 'instant'], default: 'any' }),
  query('phase', phase),
  query('floatMin', { type: 'number', minimum: 0, maximum: 1, nullable: true }),
  query('floatMax', { type: 'number', minimum: 0, maximum: 1, nullable: true }),
  query('page', page, { ours: { maximum: 10_000 }, decided: 'to 10,000' }),
  query('perPage', { type: 'integer', minimum: 1, maximum: 100, default: 50 }),
];

const statuses = [400, 401, 403, 429];
const listings = { summary: 'Listings of one CS2 item', statuses: [...statuses, 404], parameters: listingQuery };

const operations: Operation[] = [
  {
    method: 'GET',
    path: '/secure/prices',
    summary: 'All prices',
    auth: 'key',
    statuses,
    parameters: [query('game', gameNumber, someGames)],
    differs: '`accepted` is always false and `deposit` 0: nothing is bought from users.',
  },
  {
    method: 'GET',
    path: '/secure/market',
    summary: 'What is on sale',
    auth: 'key',
    statuses,
    parameters: [
      ...marketQuery,
      query('source', { enum: ['internal', 'external', 'Xk9W'] }, { note: 'everything here is `external`' }),
    ],
  },
  {
    method: 'GET',
    path: '/client/market',
    summary: 'What is on sale, for a client',
    auth: 'token',
    statuses,
    parameters: marketQuery,
  },
  { method: 'GET', path: '/secure/market/item', auth: 'key', ...listings },
  { method: 'GET', path: '/client/market/item', auth: 'token', ...listings },
  {
    method: 'GET',
    path: '/client/market/suggestions',
    summary: 'CS2 items that match what a client types',
    auth: 'token',
    statuses: [...statuses, 424],
    neverHere: [424],
    parameters: [query('q*', { type: 'string', minLength: 1, maxLength: 100 })],
    differs: 'Never 424: suggestions come from the gateway’s market, not from Steam.',
  },
];

export const market: Section = { title: 'Market', operations };
