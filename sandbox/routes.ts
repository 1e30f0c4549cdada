import ms, { type StringValue } from 'ms';
import Type from 'typebox';
import { errors } from '../src/core/errors.ts';
import type { Deps } from '../src/deps.ts';
import type { App } from '../src/http/app-type.ts';
import { Ok, ok } from '../src/http/envelope.ts';
import type { Sandbox } from './sandbox.ts';
import { approvalModes } from './shop-approvals.ts';
import { untilBought } from './until-bought.ts';

const ADVANCE_MAX_MS = ms('400d');

const Clock = Type.Object(
  {
    now: Type.String({ format: 'date-time' }),
    offsetMs: Type.Integer({ description: 'How far ahead of real time the sandbox is' }),
  },
  { $id: 'SandboxClock' },
);

const TestListing = Type.Object(
  {
    id: Type.String({ description: 'Listing id, for `/secure/buy`' }),
    marketplace: Type.String({ description: 'The account with which it is bought, for operators' }),
    game: Type.String(),
    marketHashName: Type.String(),
    behaviour: Type.String(),
    description: Type.String(),
    price: Type.Number({ description: 'The demo merchant’s price, including its fee' }),
  },
  { $id: 'TestListing' },
);

const Approvals = Type.Enum([...approvalModes], {
  description: 'How the demo shop answers approval requests; `silent` answers 503, which counts as no answer',
});

const Shop = Type.Object(
  {
    approvals: Approvals,
    questions: Type.Array(
      Type.Object({
        tradeId: Type.String(),
        answer: Type.Union([Type.Enum(['approve', 'reject']), Type.Null()]),
        times: Type.Integer({ description: 'The number of requests for this trade' }),
        askedAt: Type.String({ format: 'date-time' }),
        trade: Type.Unknown(),
      }),
      { description: 'Newest first, at most 100' },
    ),
  },
  { $id: 'DemoShop' },
);

const tags = ['sandbox'];
const security: [] = [];

/** The routes of the sandbox: its clock, its test listings, and the callbacks that the demo shop received. */
export function sandboxRoutes(app: App, deps: Deps, sandbox: Sandbox): void {
  app.get(
    '/sandbox/clock',
    { schema: { summary: 'The sandbox’s time', tags, security, response: { 200: Ok(Clock) } } },
    async (request) => ok(request, clockOnWire(sandbox, deps)),
  );

  app.post(
    '/sandbox/clock',
    {
      schema: {
        summary: 'Move the sandbox’s time forward',
        description:
          'A duration such as `31m`, `2h` or `8 days`. The clock cannot be moved back. Waits for up to three seconds for ' +
          'what is being bought.',
        tags,
        security,
        body: Type.Object({ advance: Type.String({ minLength: 1, maxLength: 32 }) }, { additionalProperties: false }),
        response: { 200: Ok(Clock) },
      },
    },
    async (request) => {
      const durationMs = readDuration(request.body.advance);
      await untilBought(deps.db);
      await sandbox.advance(durationMs);
      return ok(request, clockOnWire(sandbox, deps));
    },
  );

  app.get(
    '/sandbox/listings',
    {
      schema: {
        summary: 'Test listings, whose names describe their behaviour',
        description:
          'Each is sold in one place, and with `SANDBOX_MARKETPLACES=all` at every marketplace that can sell it.',
        tags,
        security,
        response: { 200: Ok(Type.Array(TestListing)) },
      },
    },
    async (request) => ok(request, await sandbox.testListings(deps)),
  );

  app.get(
    '/sandbox/callbacks',
    {
      schema: {
        summary: 'Callbacks that the demo shop received and verified, oldest first',
        tags,
        security,
        querystring: Type.Object({ trade: Type.Optional(Type.String({ maxLength: 64 })) }),
        response: { 200: Ok(Type.Array(Type.Unknown())) },
      },
    },
    async (request) => ok(request, await sandbox.receivedCallbacks(request.query.trade)),
  );

  shopRoutes(app, sandbox);
}

function shopRoutes(app: App, sandbox: Sandbox): void {
  app.get(
    '/sandbox/shop',
    {
      schema: {
        summary: 'How the demo shop answers approval requests, and the requests that it received',
        tags,
        security,
        response: { 200: Ok(Shop) },
      },
    },
    async (request) => ok(request, await sandbox.shop()),
  );

  app.post(
    '/sandbox/shop',
    {
      schema: {
        summary: 'Make the demo shop approve, reject or ignore approval requests from now on',
        tags,
        security,
        body: Type.Object({ approvals: Approvals }, { additionalProperties: false }),
        response: { 200: Ok(Shop) },
      },
    },
    async (request) => ok(request, await sandbox.setShopApprovals(request.body.approvals)),
  );
}

function clockOnWire(sandbox: Sandbox, deps: Deps) {
  return { now: deps.clock.now().toISOString(), offsetMs: sandbox.clock.offsetMs };
}

/** @throws VALIDATION_FAILED for an invalid or negative duration, or one of more than 400 days */
function readDuration(text: string): number {
  // The type of `ms` accepts less text than the function does; invalid text gives undefined or NaN.
  const duration = ms(text as StringValue);
  if (!Number.isInteger(duration) || duration <= 0 || duration > ADVANCE_MAX_MS) {
    throw errors.validationFailed({ advance: 'must be a duration such as 31m, 2h or 8 days, at most 400 days' });
  }
  return duration;
}
