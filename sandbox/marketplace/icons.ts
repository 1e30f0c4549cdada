import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import Type from 'typebox';
import { indexOf } from './catalogue.ts';
import type { Listing } from './listing.ts';

const PLAIN = '#8a8f98';
const MAX_AGE_SECONDS = 86_400;

/** The path of an item's picture. */
export function iconPath(catalogId: string): string {
  return `/icons/${catalogId}.svg`;
}

/** Pictures of items for web pages: a tile in the rarity's colour, with initials. */
export const icons: FastifyPluginAsyncTypebox = async (app) => {
  const params = Type.Object({ catalogId: Type.String({ pattern: '^[0-9a-f]{16}$' }) });
  app.get('/icons/:catalogId.svg', { schema: { params } }, async (request, reply) => {
    const item = copyOf(request.params.catalogId);
    if (!item) return reply.code(404).send({ error: 'there is no such item' });
    const cache = `public, max-age=${MAX_AGE_SECONDS}`;
    return reply.type('image/svg+xml').header('cache-control', cache).send(pictureOf(item));
  });
};

/** A linear search is fast enough, because browsers cache the picture for a day. */
function copyOf(catalogId: string): Listing | undefined {
  const isCopy = (listing: Listing) => listing.catalogId === catalogId;
  return indexOf('cs2').listings.find(isCopy) ?? indexOf('rust').listings.find(isCopy);
}

function pictureOf({ marketHashName, color }: Listing): string {
  // Letters and digits only, so that nothing needs escaping.
  const initials = marketHashName
    .replaceAll(/\([^)]*\)|[^\p{L}\p{N} ]/gu, '')
    .split(' ')
    .filter((word) => word !== '')
    .map(([first]) => first)
    .join('')
    .slice(0, 4);
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 128 96"><rect width="128" height="96" rx="8" fill="#1b1e24"/>
<rect y="90" width="128" height="6" fill="${color ?? PLAIN}"/><text x="64" y="60" text-anchor="middle" font-family="sans-serif" font-size="34" fill="${color ?? PLAIN}">${initials}</text></svg>
`;
}
