import type { QueryClient } from '@tanstack/react-query';
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  redirect,
} from '@tanstack/react-router';
import { isFailure } from '../api/failure.ts';
import { sessionQuery } from '../api/session.ts';
import { ConsoleError, NotFoundScreen, ScreenError, ScreenWaiting } from './fallbacks.tsx';
import { parseSearch, stringifySearch, textsIn } from './search-params.ts';
import { Shell } from './shell.tsx';

export interface RouterContext {
  readonly queries: QueryClient;
}

const root = createRootRouteWithContext<RouterContext>()({ component: Outlet });

const signIn = createRoute({
  getParentRoute: () => root,
  path: '/sign-in',
  validateSearch: (search: Record<string, unknown>) => textsIn(search, ['to', 'email']),
  component: lazyRouteComponent(() => import('../screens/sign-in/sign-in-screen.tsx'), 'SignInScreen'),
});

const link = createRoute({
  getParentRoute: () => root,
  path: '/link',
  component: lazyRouteComponent(() => import('../screens/link/link-screen.tsx'), 'LinkScreen'),
});

/** Every screen below it is for people who are signed in. */
const signedIn = createRoute({
  getParentRoute: () => root,
  id: 'signed-in',
  beforeLoad: async ({ context: { queries }, location }) => {
    try {
      await queries.ensureQueryData(sessionQuery);
    } catch (error) {
      if (isFailure(error, 'NOT_SIGNED_IN')) throw redirect({ to: '/sign-in', search: { to: location.publicHref } });
      throw error;
    }
  },
  component: Shell,
  errorComponent: ConsoleError,
});

const home = createRoute({
  getParentRoute: () => signedIn,
  path: '/',
  validateSearch: (search: Record<string, unknown>) => textsIn(search, ['hours']),
  component: lazyRouteComponent(() => import('../screens/overview/overview-screen.tsx'), 'OverviewScreen'),
});

const unknown = createRoute({
  getParentRoute: () => signedIn,
  path: '/unknown',
  validateSearch: (search: Record<string, unknown>) => textsIn(search, ['kind', 'merchant']),
  component: lazyRouteComponent(() => import('../screens/unknown/unknown-screen.tsx'), 'UnknownScreen'),
});

const unknownOutcome = createRoute({
  getParentRoute: () => signedIn,
  path: '/unknown/$outcomeId',
  component: lazyRouteComponent(() => import('../screens/unknown/outcome-screen.tsx'), 'OutcomeScreen'),
});

const callbacks = createRoute({
  getParentRoute: () => signedIn,
  path: '/callbacks',
  validateSearch: (search: Record<string, unknown>) => textsIn(search, ['state', 'merchant', 'trade', 'from', 'to']),
  component: lazyRouteComponent(() => import('../screens/callbacks/callbacks-screen.tsx'), 'CallbacksScreen'),
});

const callback = createRoute({
  getParentRoute: () => signedIn,
  path: '/callbacks/$callbackId',
  validateSearch: (search: Record<string, unknown>) => textsIn(search, ['body']),
  component: lazyRouteComponent(() => import('../screens/callbacks/callback-screen.tsx'), 'CallbackScreen'),
});

const callbackSignature = createRoute({
  getParentRoute: () => signedIn,
  path: '/callbacks/signature',
  validateSearch: (search: Record<string, unknown>) => textsIn(search, ['merchant']),
  component: lazyRouteComponent(() => import('../screens/callbacks/signature-screen.tsx'), 'SignatureScreen'),
});

const attended = [home, unknown, unknownOutcome, callbacks, callback, callbackSignature] as const;

const trades = createRoute({
  getParentRoute: () => signedIn,
  path: '/trades',
  validateSearch: (search: Record<string, unknown>) => textsIn(search, ['q', 'status', 'merchant']),
  component: lazyRouteComponent(() => import('../screens/trades/trades-screen.tsx'), 'TradesScreen'),
});

const trade = createRoute({
  getParentRoute: () => signedIn,
  path: '/trades/$tradeId',
  component: lazyRouteComponent(() => import('../screens/trade/trade-screen.tsx'), 'TradeScreen'),
});

const merchants = createRoute({
  getParentRoute: () => signedIn,
  path: '/merchants',
  validateSearch: (search: Record<string, unknown>) => textsIn(search, ['q']),
  beforeLoad: ({ context: { queries } }) => sendToOwnMerchant(queries),
  component: lazyRouteComponent(() => import('../screens/merchants/merchants-screen.tsx'), 'MerchantsScreen'),
});

const ownMerchant = createRoute({
  getParentRoute: () => signedIn,
  path: '/merchant',
  beforeLoad: ({ context: { queries } }) => {
    sendToOwnMerchant(queries);
    throw redirect({ to: '/merchants', replace: true });
  },
});

/** Members have one merchant only, and no list. */
function sendToOwnMerchant(queries: QueryClient): void {
  const own = queries.getQueryData(sessionQuery.queryKey)?.merchant;
  if (own) throw redirect({ to: '/merchants/$merchantId', params: { merchantId: own.id }, replace: true });
}

const merchant = createRoute({
  getParentRoute: () => signedIn,
  path: '/merchants/$merchantId',
  beforeLoad: ({ params }) => {
    throw redirect({ to: '/merchants/$merchantId/settings', params, replace: true });
  },
});

const merchantSettings = createRoute({
  getParentRoute: () => signedIn,
  path: '/merchants/$merchantId/settings',
  component: lazyRouteComponent(() => import('../screens/merchant/settings-screen.tsx'), 'SettingsScreen'),
});

const merchantIntegration = createRoute({
  getParentRoute: () => signedIn,
  path: '/merchants/$merchantId/integration',
  component: lazyRouteComponent(() => import('../screens/merchant/integration-screen.tsx'), 'IntegrationScreen'),
});

const merchantWallet = createRoute({
  getParentRoute: () => signedIn,
  path: '/merchants/$merchantId/wallet',
  validateSearch: (search: Record<string, unknown>) => textsIn(search, ['type', 'from', 'to']),
  component: lazyRouteComponent(() => import('../screens/merchant/wallet-screen.tsx'), 'WalletScreen'),
});

const merchantMembers = createRoute({
  getParentRoute: () => signedIn,
  path: '/merchants/$merchantId/members',
  component: lazyRouteComponent(() => import('../screens/merchant/members-screen.tsx'), 'MembersScreen'),
});

const wallets = createRoute({
  getParentRoute: () => signedIn,
  path: '/wallets',
  component: lazyRouteComponent(() => import('../screens/wallets/wallets-screen.tsx'), 'WalletsScreen'),
});

const staff = createRoute({
  getParentRoute: () => signedIn,
  path: '/staff',
  component: lazyRouteComponent(() => import('../screens/staff/staff-screen.tsx'), 'StaffScreen'),
});

const merchantRoutes = [merchant, merchantSettings, merchantIntegration, merchantWallet, merchantMembers] as const;

const account = createRoute({
  getParentRoute: () => signedIn,
  path: '/account',
  component: lazyRouteComponent(() => import('../screens/account/account-screen.tsx'), 'AccountScreen'),
});

const marketplaces = createRoute({
  getParentRoute: () => signedIn,
  path: '/marketplaces',
  component: lazyRouteComponent(() => import('../screens/marketplaces/marketplaces-screen.tsx'), 'MarketplacesScreen'),
});

const marketplace = createRoute({
  getParentRoute: () => signedIn,
  path: '/marketplaces/$marketplaceId',
  component: lazyRouteComponent(() => import('../screens/marketplace/marketplace-screen.tsx'), 'MarketplaceScreen'),
});

const freezes = createRoute({
  getParentRoute: () => signedIn,
  path: '/freezes',
  component: lazyRouteComponent(() => import('../screens/freezes/freezes-screen.tsx'), 'FreezesScreen'),
});

const verify = createRoute({
  getParentRoute: () => signedIn,
  path: '/verify',
  component: lazyRouteComponent(() => import('../screens/verify/verify-screen.tsx'), 'VerifyScreen'),
});

const audit = createRoute({
  getParentRoute: () => signedIn,
  path: '/audit',
  validateSearch: (search: Record<string, unknown>) => textsIn(search, ['operator']),
  component: lazyRouteComponent(() => import('../screens/audit/audit-screen.tsx'), 'AuditScreen'),
});

const market = createRoute({
  getParentRoute: () => signedIn,
  path: '/market',
  validateSearch: (search: Record<string, unknown>) =>
    textsIn(search, ['game', 'q', 'sort', 'min', 'max', 'merchant', 'page']),
  component: lazyRouteComponent(() => import('../screens/market/market-screen.tsx'), 'MarketScreen'),
});

const marketListings = createRoute({
  getParentRoute: () => signedIn,
  path: '/market/listings',
  validateSearch: (search: Record<string, unknown>) => textsIn(search, ['game', 'name', 'merchant', 'page']),
  component: lazyRouteComponent(() => import('../screens/market/listings-screen.tsx'), 'ListingsScreen'),
});

const settings = createRoute({
  getParentRoute: () => signedIn,
  path: '/settings',
  validateSearch: (search: Record<string, unknown>) => textsIn(search, ['q', 'only']),
  component: lazyRouteComponent(() => import('../screens/settings/settings-screen.tsx'), 'SettingsScreen'),
});

const sandbox = createRoute({
  getParentRoute: () => signedIn,
  path: '/sandbox',
  validateSearch: (search: Record<string, unknown>) => textsIn(search, ['q', 'copies']),
  component: lazyRouteComponent(() => import('../screens/sandbox/sandbox-screen.tsx'), 'SandboxScreen'),
});

const routeTree = root.addChildren([
  signIn,
  link,
  signedIn.addChildren([
    ...[...attended, trades, trade, account],
    ...[merchants, ownMerchant, ...merchantRoutes, wallets, staff],
    ...[marketplaces, marketplace, freezes, verify, audit],
    ...[market, marketListings, settings, sandbox],
  ]),
]);

export function createAppRouter(context: RouterContext) {
  return createRouter({
    routeTree,
    context,
    basepath: '/console',
    parseSearch,
    stringifySearch,
    defaultPreload: false,
    scrollRestoration: true,
    defaultPendingComponent: ScreenWaiting,
    defaultErrorComponent: ScreenError,
    notFoundMode: 'root',
    defaultNotFoundComponent: NotFoundScreen,
  });
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof createAppRouter>;
  }
}
