import { openFront } from '../../sandbox/front-accounts.ts';
import { RUST } from '../../src/core/games.ts';
import type { SupplierKind } from '../../src/suppliers/kind.ts';
import type { Supplier } from '../../src/suppliers/supplier.ts';

/**
 * A kind over the Waxpeer of a sandbox marketplace, for Rust only, so that an account of it is called over HTTP.
 * @param balance what the marketplace, which has no such route, says of the account
 */
export function kindAt(url: string, balance: Supplier['balance'] = null, name = 'test-market'): SupplierKind {
  return {
    name,
    games: [RUST],
    settings: [
      {
        name: 'apiKey',
        isSecret: true,
        pattern: /^[\w-]{8,40}$/,
        description: '8 to 40 letters and digits, from the page "API"',
      },
      { name: 'path', isSecret: false, pattern: /^\/\w+$/, default: '/waxpeer', description: 'a path' },
    ],
    create: ({ id, settings: { path, apiKey = '' }, timeoutMs, dispatcher }) => {
      const differs = { baseUrl: `${url}${path}`, apiKey, games: RUST };
      const supplier = openFront('waxpeer', { marketplaceUrl: url, timeoutMs, id, differs, dispatcher });
      return { ...supplier, balance };
    },
  };
}
