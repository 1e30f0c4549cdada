import Fastify, { type FastifyBaseLogger, type FastifyInstance, type FastifyPluginAsync, LogController } from 'fastify';
import type { Clock } from '../../src/core/clock.ts';
import { control } from './control.ts';
import { cs2dtFront } from './cs2dt.ts';
import { cs2dtHints } from './cs2dt-wire.ts';
import { Hints } from './hints.ts';
import { icons } from './icons.ts';
import { lisSkinsFront } from './lis-skins.ts';
import { LisSkinsSocket } from './lis-skins-socket.ts';
import { Marketplace } from './marketplace.ts';
import { steam } from './steam.ts';
import { SandboxStore } from './store.ts';
import { waxpeerFront } from './waxpeer.ts';

export interface MarketplaceOptions {
  /** 0: any free port. */
  readonly port: number;
  readonly host?: string;
  /** SQLite file, or `:memory:`. */
  readonly file: string;
  readonly log?: FastifyBaseLogger;
  /** Additional routes of the same server, with the same file and clock. */
  readonly plugins?: readonly SandboxPlugin[];
}

export type SandboxPlugin = FastifyPluginAsync<{ readonly store: SandboxStore; readonly clock: Clock }>;

export interface RunningMarketplace {
  readonly url: string;
  readonly port: number;
  close(): Promise<void>;
}

const about = {
  what: 'A simulated marketplace for game items. Nothing here is real: no items, no money, no Steam.',
  fronts: { cs2dt: '/cs2dt', lisSkins: '/lis-skins', waxpeer: '/waxpeer' },
  steam: '/steam/trade-url',
  listings: '/control/listings',
  clock: '/control/clock',
};

/**
 * Starts the simulated marketplace as a separate server, so that the gateway calls it over HTTP like a real one, with all
 * possible failures.
 */
export async function startMarketplace(options: MarketplaceOptions): Promise<RunningMarketplace> {
  const host = options.host ?? '127.0.0.1';
  const store = SandboxStore.open(options.file);
  const marketplace = new Marketplace(store);
  // Requests are not logged, because their URLs contain keys. Connections are cut on close, because some answers never come.
  const app: FastifyInstance = Fastify({
    forceCloseConnections: true,
    logController: new LogController({ disableRequestLogging: true }),
    ...(options.log ? { loggerInstance: options.log } : {}),
  });
  const callbacks = new Hints(marketplace, app.log, cs2dtHints);
  const lisSkinsSocket = new LisSkinsSocket(marketplace);
  const close = async () => {
    lisSkinsSocket.stop();
    await app.close();
    await callbacks.stop();
    store.close();
  };

  try {
    await addRoutes(app, marketplace, { callbacks, lisSkinsSocket }, options.plugins ?? []);
    await app.listen({ port: options.port, host });
  } catch (error) {
    await close();
    throw error;
  }
  callbacks.start();
  lisSkinsSocket.start(app.server);
  const address = app.server.address();
  const port = typeof address === 'object' && address ? address.port : options.port;
  return { url: `http://${host.includes(':') ? `[${host}]` : host}:${port}`, port, close };
}

async function addRoutes(
  app: FastifyInstance,
  marketplace: Marketplace,
  pushers: { readonly callbacks: Hints; readonly lisSkinsSocket: LisSkinsSocket },
  plugins: readonly SandboxPlugin[],
): Promise<void> {
  const { store, clock } = marketplace;
  app.get('/', async () => about);
  await app.register(icons);
  await app.register(waxpeerFront, { prefix: '/waxpeer', marketplace });
  await app.register(cs2dtFront, { prefix: '/cs2dt', marketplace });
  await app.register(lisSkinsFront, { prefix: '/lis-skins', marketplace, socket: pushers.lisSkinsSocket });
  await app.register(steam, { prefix: '/steam' });
  await app.register(control, { prefix: '/control', marketplace, ...pushers });
  for (const plugin of plugins) await app.register(plugin, { store, clock });
}
