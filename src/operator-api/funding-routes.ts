import type { FastifyRequest } from 'fastify';
import Type from 'typebox';
import { errors } from '../core/errors.ts';
import { decimal } from '../core/money.ts';
import type { App } from '../http/app-type.ts';
import { Ok, ok } from '../http/envelope.ts';
import { Text } from '../http/validation.ts';
import { DUAL_CONTROL } from '../operators/subjects.ts';
import { wasLetInBy } from '../people/links.ts';
import { decideCovered, fundOrRequest } from '../wallets/fund.ts';
import { changeDualControl, dualControlAbove, findRequest, listRequests } from '../wallets/funding-requests.ts';
import { balanceOf } from '../wallets/operations.ts';
import { asStaff, type PersonGuards, personOf } from './guard.ts';
import { balanceToWire, MerchantParams, requireKnownMerchant } from './merchant-wire.ts';
import { LIMIT_USUAL, PageOf, pageOfRows, pageQuery } from './pages.ts';
import { recordedFor } from './recorded.ts';
import { Amount, FundingRequestWire, readAmount, requestsToWire } from './wallet-wire.ts';
import { Dollars, Id, orNull } from './wire.ts';

const closed = { additionalProperties: false } as const;
const Reason = Text(1, 200, { description: 'For the audit trail, and for the second person where one is needed' });

const FundingBody = Type.Object(
  {
    direction: Type.Enum(['credit', 'debit']),
    amount: Amount,
    reference: Text(1, 128, { description: 'Yours: the same one is booked only once, however often it is sent' }),
    reason: Reason,
  },
  closed,
);

const FundedWire = Type.Object(
  {
    outcome: Type.Enum(['booked', 'already_booked', 'waiting'], {
      description:
        '`already_booked`: under this reference, earlier; nothing was changed. `waiting`: nothing is booked before a second ' +
        'person approves `request`. A request that was made earlier under the same reference can be decided by now.',
    }),
    request: orNull(FundingRequestWire),
    available: Dollars,
    locked: Dollars,
  },
  { $id: 'Funded' },
);

const DualControlWire = Type.Object(
  { above: Type.Union([Dollars, Type.Null()], { description: 'null: one person is enough for any amount' }) },
  { $id: 'DualControl' },
);

const RequestParams = Type.Object({ requestId: Id });

const tags = ['wallets'];

/** Credits and debits by the operator's staff, and the second person who approves large ones. */
export function fundingRoutes(app: App, guards: PersonGuards): void {
  fundingRoute(app, guards);
  requestsRoute(app, guards);
  decisionRoute(app, guards, 'approve');
  decisionRoute(app, guards, 'reject');
  dualControlRoutes(app, guards);
}

function fundingRoute(app: App, guards: PersonGuards): void {
  const { deps } = guards;

  app.post(
    '/operator/v1/merchants/:merchantId/funding',
    {
      ...asStaff(guards, 'fund'),
      schema: {
        summary: 'Credit or debit a wallet',
        description:
          'Above the limit of dual control it is only asked for, and a second person approves or rejects it.',
        tags,
        params: MerchantParams,
        body: FundingBody,
        response: { 200: Ok(FundedWire) },
      },
    },
    async (request) => {
      const { merchantId: id } = request.params;
      const { direction, amount, reference, reason } = request.body;
      const amountMills = readAmount('amount', amount);
      await requireKnownMerchant(deps, id);
      const command = ['wallet', direction, id, amount, '--reference', reference, '--reason', reason];
      return recordedFor(deps, request, command, async (watch) => {
        await watch({ kind: 'merchant', id });
        const move = { merchantId: id, direction, amountMills, reference, actor: personOf(request).actor };
        const funded = await fundOrRequest(deps, move, reason);
        const isRequest = funded.outcome === 'requested';
        if (isRequest && funded.isNew) await watch({ kind: 'request', id: funded.request.id }, true);
        const [asked = null] = await requestsToWire(deps, isRequest ? [funded.request] : []);
        const outcome = isRequest ? 'waiting' : funded.outcome;
        return ok(request, { outcome, request: asked, ...balanceToWire(await balanceOf(deps, id)) });
      });
    },
  );
}

function requestsRoute(app: App, guards: PersonGuards): void {
  const { deps } = guards;

  app.get(
    '/operator/v1/funding-requests',
    {
      ...asStaff(guards, 'read'),
      schema: {
        summary: 'What waits for a second person, newest first',
        tags,
        querystring: Type.Object({
          state: Type.Optional(
            Type.Enum(['waiting', 'all'], { default: 'waiting', description: '`all`: also what was decided' }),
          ),
          ...pageQuery,
        }),
        response: { 200: Ok(PageOf(FundingRequestWire, 'FundingRequestPage')) },
      },
    },
    async (request) => {
      const { state, cursor: after, limit = LIMIT_USUAL } = request.query;
      const rows = await listRequests(deps, { isWaiting: state !== 'all', after, limit: limit + 1 });
      const { page, nextCursor } = pageOfRows(rows, limit);
      return ok(request, { items: await requestsToWire(deps, page), nextCursor });
    },
  );
}

const decisions = {
  approve: { decision: 'approved', summary: 'Approve and book what another person has asked for' },
  reject: { decision: 'rejected', summary: 'Reject what someone has asked for' },
} as const;

function decisionRoute(app: App, guards: PersonGuards, name: keyof typeof decisions): void {
  const { deps } = guards;
  const { decision, summary } = decisions[name];

  app.post(
    `/operator/v1/funding-requests/:requestId/${name}`,
    {
      ...asStaff(guards, 'fund'),
      schema: { summary, tags, params: RequestParams, response: { 200: Ok(FundingRequestWire) } },
    },
    async (request) => {
      const { requestId: id } = request.params;
      const asked = await findRequest(deps, id);
      if (!asked) throw errors.of('NOT_FOUND', { message: 'There is no request with this id.' });
      if (decision === 'approved') await requireOtherHands(guards, request, asked.requested_by);
      return recordedFor(deps, request, ['wallet', name, id], async (watch) => {
        await watch({ kind: 'request', id });
        await watch(DUAL_CONTROL);
        if (asked.merchant_id) await watch({ kind: 'merchant', id: asked.merchant_id });
        const decided = await decideCovered(deps, { id, decision, actor: personOf(request).actor });
        const [shown] = await requestsToWire(deps, [decided]);
        if (!shown) throw new Error(`request ${id} was not shown`);
        return ok(request, shown);
      });
    },
  );
}

/**
 * The author of a request could invite someone, use the link and approve it alone.
 * @throws REFUSED
 */
async function requireOtherHands({ deps }: PersonGuards, request: FastifyRequest, author: string): Promise<void> {
  if (!(await wasLetInBy(deps, personOf(request).person.id, author))) return;
  const message = 'Whoever has asked for this has given you your password today. Someone else must approve it.';
  throw errors.of('REFUSED', { message });
}

function dualControlRoutes(app: App, guards: PersonGuards): void {
  const { deps } = guards;

  app.get(
    '/operator/v1/dual-control',
    {
      ...asStaff(guards, 'read'),
      schema: {
        summary: 'Above which amount a credit or debit needs a second person',
        tags,
        response: { 200: Ok(DualControlWire) },
      },
    },
    async (request) => {
      const above = await dualControlAbove(deps.db);
      return ok(request, { above: above === null ? null : decimal(above) });
    },
  );

  app.put(
    '/operator/v1/dual-control',
    {
      ...asStaff(guards, 'staff'),
      schema: {
        summary: 'Change above which amount a second person is needed',
        description: 'A lower one counts at once. To raise or lift it needs a second person too.',
        tags,
        body: Type.Object({ above: Type.Union([Amount, Type.Null()]), reason: Reason }, closed),
        response: {
          200: Ok(
            Type.Object({
              ...DualControlWire.properties,
              request: Type.Union([FundingRequestWire, Type.Null()], {
                description: 'What waits for a second person; null: the change counts',
              }),
            }),
          ),
        },
      },
    },
    async (request) => {
      const { above, reason } = request.body;
      const aboveMills = above === null ? null : readAmount('above', above);
      const command = ['wallet', 'dual-control', '--above', above ?? 'none', '--reason', reason];
      return recordedFor(deps, request, command, async (watch) => {
        await watch(DUAL_CONTROL);
        const asked = await changeDualControl(deps, aboveMills, { actor: personOf(request).actor, reason });
        if (asked) await watch({ kind: 'request', id: asked.id }, true);
        const [shown = null] = await requestsToWire(deps, asked ? [asked] : []);
        const now = await dualControlAbove(deps.db);
        return ok(request, { above: now === null ? null : decimal(now), request: shown });
      });
    },
  );
}
