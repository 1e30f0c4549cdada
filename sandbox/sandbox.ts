import { createHmac } from 'node:crypto';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { request } from 'undici';
import type { Config } from '../src/config/config.ts';
import { CS2, type Game, RUST } from '../src/core/games.ts';
import { toMerchantDollars, toMills } from '../src/core/money.ts';
import type { Deps } from '../src/deps.ts';
import { quote } from '../src/market/pricing.ts';
import { cs2dt } from '../src/suppliers/cs2dt/index.ts';
import { nativeIdOf as lisSkinsIdOf } from '../src/suppliers/lis-skins/map.ts';
import { nativeIdOf as waxpeerIdOf } from '../src/suppliers/waxpeer/map.ts';
import type { TradeUrlChecker } from '../src/trade-urls/checker.ts';
import type { NodeNews } from '../src/work/node-news.ts';
import { ensureAccounts } from './accounts.ts';
import type { SandboxClock } from './clock.ts';
import { type DemoMerchant, ensureDemoMerchant } from './demo-merchant.ts';
import { frontAccounts } from './front-accounts.ts';
import type { Front } from './marketplace/orders.ts';
import { type RunningMarketplace, startMarketplace } from './marketplace/server.ts';
import { shop } from './shop.ts';
import type { ApprovalMode } from './shop-approvals.ts';
import { createSandboxSteam } from './steam/index.ts';

/**
 * A connection for one call. On a busy machine the marketplace may close one that is kept at the moment at which it is used
 * again, and a start would fail for it.
 */
const ONCE = { reset: true } as const;

/** The content of `<data>/sandbox.json`, for scripts. */
export interface SandboxFile {
  readonly baseUrl: string;
  readonly marketplaceUrl: string;
  readonly merchantId: string;
  readonly apiKey: string;
  readonly apiSecret: string;
  readonly callbackUrl: string;
}

/** The environment of a gateway in the sandbox: a marketplace and a demo shop, which are called over HTTP like real ones. */
export class Sandbox {
  readonly clock: SandboxClock;
  readonly marketplaceUrl: string;
  readonly tradeUrls: TradeUrlChecker;
  readonly #config: Config;
  readonly #marketplace: RunningMarketplace | null;
  readonly #hintSecret: string;
  #onMove: () => void = () => {};

  private constructor(config: Config, clock: SandboxClock, marketplace: RunningMarketplace | null, secretKey: string) {
    this.#config = config;
    this.clock = clock;
    this.#marketplace = marketplace;
    this.marketplaceUrl = marketplace?.url ?? config.marketplaceUrl;
    // The same on every node with the same key, so that any node can verify a hint.
    this.#hintSecret = createHmac('sha256', secretKey).update('sandbox hints').digest('hex');
    const steam = { baseUrl: `${this.marketplaceUrl}/steam`, timeoutMs: config.supplierTimeoutMs };
    this.tradeUrls = createSandboxSteam(steam);
  }

  /** Starts the marketplace, unless the settings have the URL of another one. */
  static async start(config: Config, clock: SandboxClock, secretKey: string): Promise<Sandbox> {
    const marketplace = config.marketplaceUrl ? null : await startOwnMarketplace(config);
    return new Sandbox(config, clock, marketplace, secretKey);
  }

  /** Adds the accounts at the marketplace, before the gateway reads which accounts there are. */
  async addAccounts(deps: Pick<Deps, 'db' | 'secrets' | 'supplierKinds'>): Promise<void> {
    const offersAll = this.#config.sandboxMarketplaces === 'all';
    await this.#put('/control/stock', { isApart: !offersAll });
    const { marketplaceUrl } = this;
    const accounts = frontAccounts({ marketplaceUrl, callbackSecret: this.#hintSecret, offersAll });
    await ensureAccounts(
      { ...deps, clock: this.clock },
      accounts.map(({ kind, given }) => ({ kind: kind.name, given })),
    );
  }

  /**
   * Registers the listening gateway with the marketplace and the shop, and writes `<data>/sandbox.json`.
   * @param onMove called whenever the clock was moved, on this node or another
   */
  async connect(
    deps: Deps & { readonly news: NodeNews },
    baseUrl: string,
    onMove: () => void,
  ): Promise<SandboxFile & { isNewKey: boolean }> {
    this.#onMove = onMove;
    await this.clock.follow(deps, () =>
      this.#moved().catch((error) =>
        deps.log.warn({ err: error }, 'failed to move the clock of the sandbox marketplace'),
      ),
    );
    const callbackUrl = `${this.marketplaceUrl}/shop/callbacks`;
    const merchant = await ensureDemoMerchant(deps, callbackUrl, this.#readFile()?.apiKey);
    const callbacks = { hintUrl: `${baseUrl}/suppliers/${cs2dt.name}/hint`, hintSecret: this.#hintSecret };
    await this.#put('/control/cs2dt/callbacks', callbacks);
    await this.#put('/control/clock', { offsetMs: this.clock.offsetMs });
    await this.#put('/shop/secret', merchant.apiSecret);
    const file = this.#writeFile(merchant, baseUrl, callbackUrl);
    return { ...file, isNewKey: merchant.isNewKey };
  }

  /** Moves the clock forward on every node and at the marketplace. */
  async advance(durationMs: number): Promise<void> {
    // The marketplace's clock moves first. Otherwise an order that is read in between would have an old status at the new time,
    // and its next check might be an hour later.
    const marketplace = await this.#put('/control/clock', { offsetMs: this.clock.offsetMs + durationMs });
    await this.clock.advance(durationMs);
    // After an incomplete move the marketplace is ahead. It cannot go back, so the gateway's clock catches up.
    const aheadMs = Number(JSON.parse(marketplace).offsetMs) - this.clock.offsetMs;
    if (aheadMs > 0) await this.clock.advance(aheadMs);
    await this.#moved();
  }

  async #moved(): Promise<void> {
    await this.#put('/control/clock', { offsetMs: this.clock.offsetMs });
    this.#onMove();
  }

  /** The test listings where they are sold, with the demo merchant's prices. */
  async testListings({ suppliers }: Pick<Deps, 'suppliers'>, feeBps = 150): Promise<TestListing[]> {
    const found = await this.#get<ControlListing[]>('/control/listings');
    return found.flatMap(({ side, marketHashName, behaviour, description, offers }) => {
      const game = side === 'cs2' ? CS2 : RUST;
      return offers.flatMap(({ front, id, priceMills }): TestListing[] => {
        const supplier = suppliers.all.find((each) => each.id === front);
        const nativeId = nativeIdAt[front](game, id);
        if (!supplier?.games.includes(game) || nativeId === null) return [];
        const price = toMerchantDollars(quote(toMills(BigInt(priceMills)), feeBps));
        const publicId = supplier.listingIds.toPublic(nativeId);
        return [{ id: publicId, marketplace: front, game, marketHashName, behaviour, description, price }];
      });
    });
  }

  async receivedCallbacks(tradeId: string | undefined): Promise<unknown[]> {
    const query = tradeId === undefined ? '' : `?trade=${encodeURIComponent(tradeId)}`;
    return (await this.#get<{ callbacks: unknown[] }>(`/shop/callbacks${query}`)).callbacks;
  }

  /** How the demo shop answers approval requests, and the requests that it received. */
  async shop(): Promise<ShopState> {
    return this.#get<ShopState>('/shop/approvals');
  }

  async setShopApprovals(mode: ApprovalMode): Promise<ShopState> {
    // The answer of the sandbox's own server.
    return JSON.parse(await this.#put('/shop/approvals', mode)) as ShopState;
  }

  async stop(): Promise<void> {
    await this.clock.stop();
    await this.#marketplace?.close();
  }

  async #put(path: string, body: unknown): Promise<string> {
    const isText = typeof body === 'string';
    const answer = await request(`${this.marketplaceUrl}${path}`, {
      ...ONCE,
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: isText ? body : JSON.stringify(body),
    });
    const text = await answer.body.text();
    if (answer.statusCode >= 300) throw new Error(`the sandbox answered ${answer.statusCode} to PUT ${path}: ${text}`);
    return text;
  }

  async #get<T>(path: string): Promise<T> {
    const answer = await request(`${this.marketplaceUrl}${path}`, ONCE);
    // The answer of the sandbox's own server.
    return (await answer.body.json()) as T;
  }

  #path(): string {
    return join(this.#config.dataDir, 'sandbox.json');
  }

  #readFile(): SandboxFile | null {
    try {
      return JSON.parse(readFileSync(this.#path(), 'utf8'));
    } catch {
      return null; // The file is missing or incomplete: a new key and a new file are created.
    }
  }

  #writeFile(merchant: DemoMerchant, baseUrl: string, callbackUrl: string): SandboxFile {
    const { merchantId, apiKey, apiSecret } = merchant;
    const file = { baseUrl, marketplaceUrl: this.marketplaceUrl, merchantId, apiKey, apiSecret, callbackUrl };
    // Written to another file and renamed, so that scripts never read an incomplete file. Only the owner may read the key in it.
    writeFileSync(`${this.#path()}.new`, `${JSON.stringify(file, null, 2)}\n`, { mode: 0o600 });
    renameSync(`${this.#path()}.new`, this.#path());
    return file;
  }
}

export interface TestListing {
  readonly id: string;
  /** The account with which it is bought; accounts are named like their marketplaces. */
  readonly marketplace: string;
  readonly game: Game;
  readonly marketHashName: string;
  readonly behaviour: string;
  readonly description: string;
  readonly price: number;
}

/** The id that the adapter of a front gives to a listing; null: it has none. */
const nativeIdAt: Readonly<Record<Front, (game: Game, id: string) => string | null>> = {
  cs2dt: (_game, id) => id,
  'lis-skins': (game, id) => lisSkinsIdOf(game, Number(id)),
  waxpeer: waxpeerIdOf,
};

interface ShopState {
  approvals: ApprovalMode;
  questions: { tradeId: string; answer: 'approve' | 'reject' | null; times: number; askedAt: string; trade: unknown }[];
}

interface ControlListing {
  side: 'cs2' | 'rust';
  marketHashName: string;
  behaviour: string;
  description: string;
  offers: { front: Front; id: string; priceMills: number }[];
}

/** The distance to the gateway's port, so that a second instance with a nearby port finds its own port free. */
const PORTS_APART = 10_000;
const PORT_MAX = 65_535;

/** A configured port must be free; the default port is replaced by any free port if it is in use. */
function startOwnMarketplace(config: Config): Promise<RunningMarketplace> {
  const start = (port: number) =>
    startMarketplace({ port, file: join(config.dataDir, 'marketplace.db'), plugins: [shop] });
  if (config.marketplacePort >= 0) return start(config.marketplacePort);
  const defaultPort = config.port + PORTS_APART;
  if (config.port === 0 || defaultPort > PORT_MAX) return start(0);
  return start(defaultPort).catch((error) => {
    if (Reflect.get(error, 'code') !== 'EADDRINUSE') throw error;
    return start(0);
  });
}
