import Type, { type Static } from 'typebox';
import { errors } from '../core/errors.ts';
import type { Deps } from '../deps.ts';
import { freezesInForce } from '../freezes/operations.ts';
import type { App } from '../http/app-type.ts';
import { Ok, ok } from '../http/envelope.ts';
import { namedAccess } from '../merchants/account-access.ts';
import { resumeAccount, startFreeze } from '../operators/freezing.ts';
import { ALL_FREEZES } from '../operators/subjects.ts';
import { withoutUrlSecrets } from '../operators/url-secrets.ts';
import { lastDifferences } from '../reconciliation/last-differences.ts';
import { lastResults } from '../reconciliation/store.ts';
import { listMarketplaces, type Marketplace, requireMarketplace } from '../supplier-accounts/marketplaces.ts';
import { openWorkOf, readableSettings } from '../supplier-accounts/operations.ts';
import { changePolicy, MARKUP_BPS_MAX, PREFERENCE_MAX, readPolicies } from '../supplier-accounts/policy.ts';
import { type ShownSetting, shownSettings } from '../supplier-accounts/settings.ts';
import { readLimits } from '../supplier-accounts/spending.ts';
import { HEALTHY, readHealth } from '../supplier-health/store.ts';
import { MarketplaceId, Reason } from './fields.ts';
import { FreezeWire, freezeToWire, StartedFreezeWire, startedFreezeToWire } from './freeze-wire.ts';
import { asStaff, type PersonGuards, personOf } from './guard.ts';
import { accessJson, healthJson, limitJson, reconciliationJson } from './marketplace-json.ts';
import { MarketplaceDetails, MarketplaceEntry, PolicyWire } from './marketplace-wire.ts';
import { recordedFor } from './recorded.ts';
import { iso, orNull, Time } from './wire.ts';

const closed = { additionalProperties: false } as const;
const Params = Type.Object({ marketplaceId: MarketplaceId });
const tags = ['marketplaces'];

/** The operator's accounts at marketplaces, for staff. The command line adds, changes and removes them. */
export function marketplaceRoutes(app: App, guards: PersonGuards): void {
  readingRoutes(app, guards);
  pauseRoute(app, guards);
  resumeRoute(app, guards);
  policyRoute(app, guards);
}

function readingRoutes(app: App, guards: PersonGuards): void {
  const { deps } = guards;

  app.get(
    '/operator/v1/marketplaces',
    {
      ...asStaff(guards, 'read'),
      schema: {
        summary: 'The accounts at marketplaces, by id',
        tags,
        response: { 200: Ok(Type.Array(MarketplaceEntry)) },
      },
    },
    async (request) => ok(request, await entriesOf(deps, await listMarketplaces(deps))),
  );

  app.get(
    '/operator/v1/marketplaces/:marketplaceId',
    {
      ...asStaff(guards, 'read'),
      schema: {
        summary: 'One account, with its settings and the differences to the marketplace’s own list of orders',
        description: 'Secrets are never shown. REFUSED when there is no such account.',
        tags,
        params: Params,
        response: { 200: Ok(MarketplaceDetails) },
      },
    },
    async (request) => {
      const marketplace = await requireMarketplace(deps, request.params.marketplaceId);
      return ok(request, await detailsOf(deps, marketplace));
    },
  );
}

function pauseRoute(app: App, guards: PersonGuards): void {
  const { deps } = guards;

  app.post(
    '/operator/v1/marketplaces/:marketplaceId/pause',
    {
      ...asStaff(guards, 'operate'),
      schema: {
        summary: 'Buy nothing with an account',
        description: 'Its open orders are still looked up and cancelled. Pausing again changes nothing.',
        tags,
        params: Params,
        body: Type.Object({ reason: Reason }, closed),
        response: { 200: Ok(StartedFreezeWire) },
      },
    },
    async (request) => {
      const { marketplaceId: id } = request.params;
      const { reason } = request.body;
      const { actor } = personOf(request);
      const command = ['supplier', 'pause', id, '--reason', reason];
      const started = await recordedFor(deps, request, command, async (watch) => {
        await requireMarketplace(deps, id);
        await watch(ALL_FREEZES);
        return startFreeze(deps, { scope: 'supplier', target: id }, { reason, actor });
      });
      return ok(request, startedFreezeToWire(deps, started));
    },
  );
}

const Resumed = Type.Object(
  {
    notOfferedSince: orNull(Time('Since when its listings were not offered, because purchases failed')),
    reason: orNull(Type.String({ description: 'Why its last purchase failed; null: none did' })),
    pause: orNull(FreezeWire),
  },
  { $id: 'ResumedMarketplace' },
);

function resumeRoute(app: App, guards: PersonGuards): void {
  const { deps } = guards;

  app.post(
    '/operator/v1/marketplaces/:marketplaceId/resume',
    {
      ...asStaff(guards, 'operate'),
      schema: {
        summary: 'Buy again with an account',
        description:
          'Ends a pause, and offers its listings again if failed purchases had stopped that. REFUSED when there was neither.',
        tags,
        params: Params,
        response: { 200: Ok(Resumed) },
      },
    },
    async (request) => {
      const { marketplaceId: id } = request.params;
      const resumed = await recordedFor(deps, request, ['supplier', 'resume', id], async (watch) => {
        await requireMarketplace(deps, id);
        await watch({ kind: 'account', id });
        await watch(ALL_FREEZES);
        return resumeAccount(deps, id);
      });
      const { opening, reason, lifted } = resumed;
      const pause = lifted && freezeToWire(deps, lifted);
      return ok(request, { notOfferedSince: iso(opening?.at ?? null), reason, pause });
    },
  );
}

const PolicyBody = Type.Object(
  {
    game: Type.Optional(Type.Enum(['730', '252490'], { description: 'Absent: all games of the account' })),
    markupBps: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: MARKUP_BPS_MAX,
        description: 'Added to the marketplace’s prices, in hundredths of a percent',
      }),
    ),
    preference: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: PREFERENCE_MAX,
        description: 'Where prices are equal, the account with the lower number is used',
      }),
    ),
  },
  closed,
);

function policyRoute(app: App, guards: PersonGuards): void {
  const { deps } = guards;

  app.put(
    '/operator/v1/marketplaces/:marketplaceId/policy',
    {
      ...asStaff(guards, 'operate'),
      schema: {
        summary: 'Change the markup or the preference of an account',
        description: 'What is left out stays as it is. All nodes follow within a second.',
        tags,
        params: Params,
        body: PolicyBody,
        response: { 200: Ok(Type.Array(PolicyWire)) },
      },
    },
    async (request) => {
      const { marketplaceId: id } = request.params;
      const { game, ...change } = request.body;
      if (Object.keys(change).length === 0) throw errors.validationFailed({ body: 'must change something' });
      const command = ['supplier', 'policy', id, ...wordsOf(request.body)];
      const { games } = await recordedFor(deps, request, command, async (watch) => {
        const marketplace = await requireMarketplace(deps, id);
        await watch({ kind: 'account', id });
        await changePolicy(deps, marketplace, game ?? null, change);
        return marketplace;
      });
      const policies = await readPolicies(deps);
      const all = games.map((each) => ({ game: each, ...policies(id, each) }));
      return ok(request, all);
    },
  );
}

function wordsOf({ game, markupBps, preference }: Static<typeof PolicyBody>): string[] {
  return [
    ...(game === undefined ? [] : ['--game', game]),
    ...(markupBps === undefined ? [] : ['--markup-bps', String(markupBps)]),
    ...(preference === undefined ? [] : ['--preference', String(preference)]),
  ];
}

/** What is known of all accounts is read once, since there are few of them. */
async function entriesOf(deps: Deps, marketplaces: readonly Marketplace[]): Promise<Static<typeof MarketplaceEntry>[]> {
  const now = deps.clock.now();
  const freezes = await freezesInForce(deps);
  const health = await readHealth(deps);
  const policies = await readPolicies(deps);
  const limits = await readLimits(deps);
  const results = await lastResults(deps);
  return marketplaces.map(({ id, account, games, isInUse }) => {
    const freeze = freezes.find(({ scope, target }) => scope === 'supplier' && target === id);
    return {
      ...{ id, kind: account?.kind ?? null, games: [...games], isInUse },
      createdAt: iso(account?.created_at ?? null),
      updatedAt: iso(account?.updated_at ?? null),
      pause: freeze ? freezeToWire(deps, freeze) : null,
      health: healthJson(health.get(id) ?? HEALTHY, now),
      policies: games.map((game) => ({ game, ...policies(id, game) })),
      limit: limitJson(limits.get(id) ?? null),
      reconciliation: reconciliationJson(results.find(({ supplier }) => supplier === id)),
    };
  });
}

async function detailsOf(deps: Deps, marketplace: Marketplace): Promise<Static<typeof MarketplaceDetails>> {
  const { id } = marketplace;
  const [entry] = await entriesOf(deps, [marketplace]);
  if (!entry) throw new Error(`${id} has no entry`);
  const last = (await lastResults(deps)).find(({ supplier }) => supplier === id);
  return {
    ...entry,
    settings: settingsOf(deps, marketplace),
    access: accessJson(await namedAccess(deps, id)),
    open: await openWorkOf(deps.db, id),
    differences: last ? await lastDifferences(deps, last) : [],
  };
}

/** An address can have a password in it. */
function settingsOf(deps: Deps, { account, kind }: Marketplace): ShownSetting[] | null {
  const given = account && readableSettings(deps, account);
  if (!given) return null;
  const hidden = (value: string | null) => (value === null ? null : withoutUrlSecrets(value));
  return shownSettings(kind, given).map((setting) => ({ ...setting, value: hidden(setting.value) }));
}
