import { openFront } from '../../sandbox/front-accounts.ts';
import { type RunningMarketplace, startMarketplace } from '../../sandbox/marketplace/server.ts';
import { shop } from '../../sandbox/shop.ts';
import { CS2 } from '../../src/core/games.ts';
import type { SupplierAccount, SupplierKind } from '../../src/suppliers/kind.ts';
import type { BalanceAnswer, BuyAnswer, Supplier } from '../../src/suppliers/supplier.ts';

/** The sandbox's marketplace of CS2, at which the operator has accounts beside that of the sandbox. It is called over HTTP. */
export class SharedShop {
  readonly kind: SupplierKind;
  readonly url: string;
  /** Account and call, of each call about an order. */
  readonly calls: string[] = [];
  /** What an account is answered instead of being sold something. */
  readonly refused = new Map<string, BuyAnswer>();
  /** What is left to spend with an account; absent: it is not known. */
  readonly balances = new Map<string, BalanceAnswer>();
  readonly #marketplace: RunningMarketplace;

  private constructor(marketplace: RunningMarketplace) {
    this.#marketplace = marketplace;
    this.url = marketplace.url;
    this.kind = {
      name: 'shared-shop',
      games: [CS2],
      settings: [{ name: 'apiKey', isSecret: true, pattern: /^[\w-]{8,40}$/, description: '8 to 40 letters' }],
      create: (account) => this.#supplier(account),
    };
  }

  static async start(): Promise<SharedShop> {
    return new SharedShop(await startMarketplace({ port: 0, file: ':memory:', plugins: [shop] }));
  }

  /** The settings of an account there. */
  account(id: string) {
    return { kind: this.kind, id, given: { apiKey: `key-of-${id}` } };
  }

  stop(): Promise<void> {
    return this.#marketplace.close();
  }

  #supplier({ id, settings, timeoutMs }: SupplierAccount): Supplier {
    // Each account has a key of its own, and its pushes are signed with it.
    const callbackSecret = settings['apiKey'] ?? '';
    const supplier = openFront('cs2dt', { marketplaceUrl: this.url, callbackSecret, timeoutMs, id });
    const { cancel } = supplier;
    return {
      ...supplier,
      balance: async () => this.balances.get(id) ?? { outcome: 'unknown', cause: 'it does not say' },
      buy: async (order) => {
        this.calls.push(`${id} buy`);
        return this.refused.get(id) ?? supplier.buy(order);
      },
      find: async (references) => {
        this.calls.push(`${id} find`);
        return supplier.find(references);
      },
      cancel: cancel && {
        ...cancel,
        request: async (order) => {
          this.calls.push(`${id} cancel`);
          return cancel.request(order);
        },
      },
    };
  }
}
