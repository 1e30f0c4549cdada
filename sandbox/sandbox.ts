import { createHmac } from 'node:crypto';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { request } from 'undici';
import type { Config } from '../src/config/config.ts';
import { CS2, RUST } from '../src/core/games.ts';
import { toMerchantDollars, toMills } from '../src/core/money.ts';
import type { Deps } from '../src/deps.ts';
import { quote } from '../src/market/pricing.ts';
import type { Supplier } from '../src/suppliers/supplier.ts';
import type { TradeUrlChecker } from '../src/trade-urls/checker.ts';
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

/** What scripts read from `<data>/sandbox.json`. */
export interface SandboxFile {
  readonly baseUrl: string;
  readonly marketplaceUrl: string;
  readonly merchantId: string;
  readonly apiKey: string;
  readonly apiSecret: string;
  readonly callbackUrl: string;
}

/** The world around a gateway in the sandbox: a marketplace and a demo shop, reached over HTTP like the real ones. */
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
    // The same on every node that shares the key, so that a hint can be read by any of them.
    this.#hintSecret = createHmac('sha256', secretKey).update('sandbox hints').digest('hex');
    const { supplierTimeoutMs: timeoutMs } = config;
    const [cs2, rust] = [`${this.marketplaceUrl}/cs2`, `${this.marketplaceUrl}/rust`];
    this.suppliers = [
      createSandboxCs2({ baseUrl: cs2, apiKey: SANDBOX_CS2_KEY, hintSecret: this.#hintSecret, timeoutMs }),
      createSandboxRust({ baseUrl: rust, apiKey: SANDBOX_RUST_KEY, timeoutMs }),
    ];
    this.tradeUrls = createSandboxSteam({ baseUrl: `${this.marketplaceUrl}/steam`, timeoutMs });
  }

  /** Starts the marketplace beside the gateway, unless the settings name one that runs elsewhere. */
  static async start(config: Config, clock: SandboxClock, secretKey: string): Promise<Sandbox> {
    const marketplace = config.marketplaceUrl ? null : await startOwnMarketplace(config);
    return new Sandbox(config, clock, marketplace, secretKey);
  }

  /**
   * Once the gateway listens: introduces it to the marketplace and the shop, and writes `<data>/sandbox.json`.
   * @param onMove is called whenever time was moved, on this node or another
   */
  async connect(deps: Deps, baseUrl: string, onMove: () => void): Promise<SandboxFile & { isNewKey: boolean }> {
    this.#onMove = onMove;
    await this.clock.follow(() => this.#moved().catch((error) => deps.log.warn({ err: error }, 'sandbox clock')));
    const callbackUrl = `${this.marketplaceUrl}/shop/callbacks`;
    const merchant = await ensureDemoMerchant(deps, callbackUrl, this.#readFile()?.apiKey);
    const hintUrl = `${baseUrl}/suppliers/sandbox-cs2/hint`;
    await this.#put('/control/gateway', { hintUrl, hintSecret: this.#hintSecret });
    await this.#put('/control/clock', { offsetMs: this.clock.offsetMs });
    await this.#put('/shop/secret', merchant.apiSecret);
    const file = this.#writeFile(merchant, baseUrl, callbackUrl);
    return { ...file, isNewKey: merchant.isNewKey };
  }

  /** Moves time forward here, at the marketplace and on every other node. */
  async advance(durationMs: number): Promise<void> {
    // The marketplace goes first. Were it the other way round, an order read in between would bring old news under the
    // new time, and the next look at it might be an hour off.
    const marketplace = await this.#put('/control/clock', { offsetMs: this.clock.offsetMs + durationMs });
    await this.clock.advance(durationMs);
    // A move that failed half-way has left the marketplace ahead. It cannot go back, so the gateway catches up.
    const aheadMs = Number(JSON.parse(marketplace).offsetMs) - this.clock.offsetMs;
    if (aheadMs > 0) await this.clock.advance(aheadMs);
    await this.#moved();
  }

  async #moved(): Promise<void> {
    await this.#put('/control/clock', { offsetMs: this.clock.offsetMs });
    this.#onMove();
  }

  /** The marketplace's test listings as the demo merchant can buy them. */
  async testListings(feeBps = 150) {
    const found = await this.#get<ControlListing[]>('/control/listings');
    return found.map(({ side, nativeId, marketHashName, behaviour, description, priceMills }) => ({
      id: this.#supplierOf(side).listingIds.toPublic(nativeId),
      game: side === 'cs2' ? CS2 : RUST,
      marketHashName,
      behaviour,
      description,
      price: toMerchantDollars(quote(toMills(BigInt(priceMills)), feeBps)),
    }));
  }

  async receivedCallbacks(tradeId: string | undefined): Promise<unknown[]> {
    const query = tradeId === undefined ? '' : `?trade=${encodeURIComponent(tradeId)}`;
    return (await this.#get<{ callbacks: unknown[] }>(`/shop/callbacks${query}`)).callbacks;
  }

  /** How the demo shop answers the question before a purchase, and the questions that came. */
  async shop(): Promise<ShopState> {
    return this.#get<ShopState>('/shop/approvals');
  }

  async setShopApprovals(mode: ApprovalMode): Promise<ShopState> {
    // Our own sandbox server, which is typed where it is written.
    return JSON.parse(await this.#put('/shop/approvals', mode)) as ShopState;
  }

  async stop(): Promise<void> {
    this.clock.stop();
    await this.#marketplace?.close();
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
    // Our own sandbox server, which is typed where it is written.
    return (await answer.body.json()) as T;
  }

  #path(): string {
    return join(this.#config.dataDir, 'sandbox.json');
  }

  #readFile(): SandboxFile | null {
    try {
      return JSON.parse(readFileSync(this.#path(), 'utf8'));
    } catch {
      return null; // Not there, or not whole: a new key is made and a new file written.
    }
  }

  #writeFile(merchant: DemoMerchant, baseUrl: string, callbackUrl: string): SandboxFile {
    const { merchantId, apiKey, apiSecret } = merchant;
    const file = { baseUrl, marketplaceUrl: this.marketplaceUrl, merchantId, apiKey, apiSecret, callbackUrl };
    // Renamed into place, so that a script never reads half of it; it holds a key, so only its owner may read it.
    writeFileSync(`${this.#path()}.new`, `${JSON.stringify(file, null, 2)}\n`, { mode: 0o600 });
    renameSync(`${this.#path()}.new`, this.#path());
    return file;
  }
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

/** Far enough from the gateway's port that a second instance beside this one finds its own free. */
const PORTS_APART = 10_000;
const PORT_MAX = 65_535;

/** A port that was asked for is that one or an error; the usual one gives way to any free one. */
function startOwnMarketplace(config: Config): Promise<RunningMarketplace> {
  const start = (port: number) =>
    startMarketplace({ port, file: join(config.dataDir, 'marketplace.db'), plugins: [shop] });
  if (config.marketplacePort >= 0) return start(config.marketplacePort);
  const usual = config.port + PORTS_APART;
  if (config.port === 0 || usual > PORT_MAX) return start(0);
  return start(usual).catch((error) => {
    if (Reflect.get(error, 'code') !== 'EADDRINUSE') throw error;
    return start(0);
  });
}
