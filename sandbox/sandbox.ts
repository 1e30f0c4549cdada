import { createHmac } from 'node:crypto';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { request } from 'undici';
import type { Config } from '../src/config/config.ts';
import { CS2, type Game, RUST } from '../src/core/games.ts';
import { toMerchantDollars, toMills } from '../src/core/money.ts';
import type { Deps } from '../src/deps.ts';
import type { Market } from '../src/market/market.ts';
import { quote, quoteOffer } from '../src/market/pricing.ts';
import { cs2dt } from '../src/suppliers/cs2dt/index.ts';
import type { Supplier } from '../src/suppliers/supplier.ts';
import type { TradeUrlChecker } from '../src/trade-urls/checker.ts';
import { ensureAccounts, frontAccounts } from './accounts.ts';
import { createSandboxCs2 } from './adapters/cs2/index.ts';
import { createSandboxRust } from './adapters/rust/index.ts';
import { createSandboxSteam } from './adapters/steam/index.ts';
import type { SandboxClock } from './clock.ts';
import { type DemoMerchant, ensureDemoMerchant } from './demo-merchant.ts';
import { SANDBOX_CS2_KEY } from './marketplace/cs2.ts';
import { SANDBOX_RUST_KEY } from './marketplace/rust.ts';
import { type RunningMarketplace, startMarketplace } from './marketplace/server.ts';
import { shop } from './shop.ts';
import type { ApprovalMode } from './shop-approvals.ts';

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
  readonly suppliers: readonly Supplier[];
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
    const { supplierTimeoutMs: timeoutMs } = config;
    const [cs2, rust] = [`${this.marketplaceUrl}/cs2`, `${this.marketplaceUrl}/rust`];
    this.suppliers = [
      createSandboxCs2({ baseUrl: cs2, apiKey: SANDBOX_CS2_KEY, hintSecret: this.#hintSecret, timeoutMs }),
      createSandboxRust({ baseUrl: rust, apiKey: SANDBOX_RUST_KEY, timeoutMs }),
    ];
    this.tradeUrls = createSandboxSteam({ baseUrl: `${this.marketplaceUrl}/steam`, timeoutMs });
  }

  /** Starts the marketplace, unless the settings have the URL of another one. */
  static async start(config: Config, clock: SandboxClock, secretKey: string): Promise<Sandbox> {
    const marketplace = config.marketplaceUrl ? null : await startOwnMarketplace(config);
    return new Sandbox(config, clock, marketplace, secretKey);
  }

  /** Adds the accounts that the settings ask for, before the gateway reads which accounts there are. */
  async addAccounts(deps: Pick<Deps, 'db' | 'secrets' | 'supplierKinds'>): Promise<void> {
    if (!this.#hasFronts) return;
    await ensureAccounts({ ...deps, clock: this.clock }, frontAccounts(this.marketplaceUrl, this.#hintSecret));
  }

  /**
   * Registers the listening gateway with the marketplace and the shop, and writes `<data>/sandbox.json`.
   * @param onMove called whenever the clock was moved, on this node or another
   */
  async connect(deps: Deps, baseUrl: string, onMove: () => void): Promise<SandboxFile & { isNewKey: boolean }> {
    this.#onMove = onMove;
    await this.clock.follow(() =>
      this.#moved().catch((error) =>
        deps.log.warn({ err: error }, 'failed to move the clock of the sandbox marketplace'),
      ),
    );
    const callbackUrl = `${this.marketplaceUrl}/shop/callbacks`;
    const merchant = await ensureDemoMerchant(deps, callbackUrl, this.#readFile()?.apiKey);
    const hintUrl = `${baseUrl}/suppliers/sandbox-cs2/hint`;
    await this.#put('/control/gateway', { hintUrl, hintSecret: this.#hintSecret });
    if (this.#hasFronts) {
      const callbacks = { hintUrl: `${baseUrl}/suppliers/${cs2dt.name}/hint`, hintSecret: this.#hintSecret };
      await this.#put('/control/cs2dt/callbacks', callbacks);
    }
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

  /**
   * The marketplace's test listings with the demo merchant's prices: its own, which are always the same, and those with the
   * same names at other accounts.
   */
  async testListings(market: Pick<Market, 'copies'>, feeBps = 150): Promise<TestListing[]> {
    const found = await this.#get<ControlListing[]>('/control/listings');
    const own = found.map(({ side, nativeId, marketHashName, behaviour, description, priceMills }) => ({
      id: this.#supplierOf(side).listingIds.toPublic(nativeId),
      marketplace: this.#supplierOf(side).id,
      game: side === 'cs2' ? CS2 : RUST,
      marketHashName,
      behaviour,
      description,
      price: toMerchantDollars(quote(toMills(BigInt(priceMills)), feeBps)),
    }));
    return this.#hasFronts ? [...own, ...elsewhere(own, market, feeBps)] : own;
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
    this.clock.stop();
    await this.#marketplace?.close();
  }

  /** Whether it also buys at the fronts that speak as real marketplaces do. */
  get #hasFronts(): boolean {
    return this.#config.sandboxMarketplaces === 'all';
  }

  #supplierOf(side: ControlListing['side']): Supplier {
    const game = side === 'cs2' ? CS2 : RUST;
    const supplier = this.suppliers.find((each) => each.games.includes(game));
    if (!supplier) throw new Error(`the sandbox has no supplier for game ${game}`);
    return supplier;
  }

  async #put(path: string, body: unknown): Promise<string> {
    const isText = typeof body === 'string';
    const answer = await request(`${this.marketplaceUrl}${path}`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: isText ? body : JSON.stringify(body),
    });
    const text = await answer.body.text();
    if (answer.statusCode >= 300) throw new Error(`the sandbox answered ${answer.statusCode} to PUT ${path}: ${text}`);
    return text;
  }

  async #get<T>(path: string): Promise<T> {
    const answer = await request(`${this.marketplaceUrl}${path}`);
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
  /** The account with which it is bought. */
  readonly marketplace: string;
  readonly game: Game;
  readonly marketHashName: string;
  readonly behaviour: string;
  readonly description: string;
  readonly price: number;
}

/** What is on sale elsewhere under the names of test listings, and so behaves as they do. */
function elsewhere(own: readonly TestListing[], market: Pick<Market, 'copies'>, feeBps: number): TestListing[] {
  const marketplaces = new Set(own.map(({ marketplace }) => marketplace));
  const named = new Map(own.map((listing) => [`${listing.game} ${listing.marketHashName}`, listing]));
  return [...named.values()].flatMap((listing) =>
    market
      .copies({ game: listing.game, marketHashName: listing.marketHashName })
      .filter(({ supplier }) => !marketplaces.has(supplier.id))
      .map((offer) => ({
        ...listing,
        id: offer.id,
        marketplace: offer.supplier.id,
        price: toMerchantDollars(quoteOffer(offer, feeBps)),
      })),
  );
}

interface ShopState {
  approvals: ApprovalMode;
  questions: { tradeId: string; answer: 'approve' | 'reject' | null; times: number; askedAt: string; trade: unknown }[];
}

interface ControlListing {
  side: 'cs2' | 'rust';
  nativeId: string;
  marketHashName: string;
  behaviour: string;
  description: string;
  priceMills: number | string;
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
