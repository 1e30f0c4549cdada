import { createSandboxRust } from '../../sandbox/adapters/rust/index.ts';
import { RUST } from '../../src/core/games.ts';
import type { SupplierKind } from '../../src/suppliers/kind.ts';
import type { Supplier } from '../../src/suppliers/supplier.ts';

/**
 * A kind over the Rust side of a sandbox marketplace, so that an account of it is called over HTTP.
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
      { name: 'path', isSecret: false, pattern: /^\/\w+$/, default: '/rust', description: 'a path' },
    ],
    create: ({ id, settings, timeoutMs }) => ({
      ...createSandboxRust({ baseUrl: `${url}${settings['path']}`, apiKey: settings['apiKey'] ?? '', timeoutMs }),
      id,
      balance,
    }),
  };
}
