import Type, { type Static } from 'typebox';
import { asMerchant, callerOf, type RequestGuards } from '../auth/request-guards.ts';
import type { MerchantRow } from '../db/tables.ts';
import { inTransaction } from '../db/transaction.ts';
import type { Deps } from '../deps.ts';
import type { App } from '../http/app-type.ts';
import { Ok, ok } from '../http/envelope.ts';
import { ignoreBodies } from '../http/ignored-bodies.ts';
import { Text } from '../http/validation.ts';
import { setCallbackUrl, switchOn, URL_LENGTH_MAX } from './endpoint.ts';
import { type SignatureTest, testSignature } from './signature-test.ts';

const CallbackUrl = Type.Object(
  {
    url: Type.Union([Type.String(), Type.Null()], { description: 'null: none is set yet' }),
    enabled: Type.Boolean({ description: 'Whether callbacks are sent: there is a URL, and it is not switched off' }),
    disabledReason: Type.Optional(Type.String({ description: 'Why it was switched off' })),
    disabledAt: Type.Optional(Type.String({ format: 'date-time' })),
    strictApproval: Type.Optional(
      Type.Boolean({
        description:
          'true: only `{"action":"approve"}` approves a purchase. Absent: any 2xx does whose body can be read and does ' +
          'not say no',
      }),
    ),
  },
  { $id: 'CallbackUrl' },
);

const CallbackTest = Type.Object(
  {
    url: Type.String(),
    taken: Type.Boolean({
      description: 'Whether your server answered 2xx to a message that is signed with your API secret',
    }),
    status: Type.Optional(Type.Integer({ description: 'What it answered; absent: nothing' })),
    failure: Type.Optional(Type.String({ description: 'What was seen instead of an answer that takes it' })),
    durationMs: Type.Integer(),
    refusesForgeries: Type.Optional(
      Type.Boolean({
        description:
          'Whether it refused the same message with a wrong signature; absent when the genuine one was not taken',
      }),
    ),
    advice: Type.Optional(Type.String({ description: 'What to do; absent when all is well' })),
  },
  { $id: 'CallbackTest' },
);

const NewUrl = Type.Object(
  {
    url: Text(1, URL_LENGTH_MAX, {
      description:
        'An absolute https URL without user name and password. Any port will do; a #fragment is left out. ' +
        'Private addresses are refused, unless the operator allows them',
    }),
    strictApproval: Type.Optional(
      Type.Boolean({
        description: 'Whether only `{"action":"approve"}` approves a purchase; stays as it is when left out',
      }),
    ),
  },
  { additionalProperties: false },
);

const tags = ['callbacks'];

/** `/v1/callbacks/url`: reads and sets the URL that the caller's callbacks go to. */
export function callbackUrlRoutes(app: App, deps: Deps, guards: RequestGuards): void {
  app.get(
    '/v1/callbacks/url',
    {
      ...asMerchant(guards, 'callback-url'),
      schema: { summary: 'Where your callbacks go, and whether they do', tags, response: { 200: Ok(CallbackUrl) } },
    },
    async (request) => ok(request, toWire(await read(deps, callerOf(request).merchantId))),
  );
  setUrlRoute(app, deps, guards);
}

function setUrlRoute(app: App, deps: Deps, guards: RequestGuards): void {
  const schema = {
    summary: 'Set where your callbacks go',
    description:
      'Sends `{"test": true, "timestamp", "message"}` there, without a signature, and saves the URL when that is ' +
      'answered with 2xx within 8 seconds. Callbacks that were switched off are on again then.',
    tags,
    body: NewUrl,
    response: { 200: Ok(CallbackUrl) },
  };
  app.put('/v1/callbacks/url', { ...asMerchant(guards, 'callback-url'), schema }, async (request) => {
    const { url, strictApproval } = request.body;
    return ok(request, toWire(await setCallbackUrl(deps, callerOf(request).merchantId, url, strictApproval)));
  });
}

/** `POST /v1/callbacks/test` and `…/url/enable`. They read no bodies, so register them in a scope of their own. */
export function bodilessUrlRoutes(app: App, deps: Deps, guards: RequestGuards): void {
  ignoreBodies(app);
  testRoute(app, deps, guards);
  enableRoute(app, deps, guards);
}

function testRoute(app: App, deps: Deps, guards: RequestGuards): void {
  const schema = {
    summary: 'Try whether your server verifies the signatures of callbacks',
    description:
      'Sends `{"signatureTest": …}` to your URL, signed with your API secret, and if that is answered with 2xx, once ' +
      'more with a wrong signature. Nothing is recorded, and a URL that is switched off stays so.',
    tags,
    response: { 200: Ok(CallbackTest) },
  };
  app.post('/v1/callbacks/test', { ...asMerchant(guards, 'callback-url'), schema }, async (request) =>
    ok(request, testToWire(await testSignature(deps, callerOf(request).merchantId))),
  );
}

function enableRoute(app: App, deps: Deps, guards: RequestGuards): void {
  const schema = {
    summary: 'Have callbacks sent again, with all that waited; harmless when they are on',
    tags,
    response: { 200: Ok(CallbackUrl) },
  };
  app.post('/v1/callbacks/url/enable', { ...asMerchant(guards, 'callback-url'), schema }, async (request) => {
    const { merchantId } = callerOf(request);
    await inTransaction(deps, (trx) => switchOn(deps, trx, merchantId));
    return ok(request, toWire(await read(deps, merchantId)));
  });
}

/** Null fields are omitted, as in every answer. */
function testToWire(test: SignatureTest): Static<typeof CallbackTest> {
  const { url, taken, durationMs, status, failure, refusesForgeries, advice } = test;
  return {
    url,
    taken,
    durationMs,
    ...(status !== null && { status }),
    ...(failure !== null && { failure }),
    ...(refusesForgeries !== null && { refusesForgeries }),
    ...(advice !== null && { advice }),
  };
}

type UrlRow = Pick<
  MerchantRow,
  'callback_url' | 'callback_disabled_at' | 'callback_disabled_reason' | 'strict_approval'
>;

function read({ db }: Pick<Deps, 'db'>, merchantId: string): Promise<UrlRow> {
  return db
    .selectFrom('merchant')
    .select(['callback_url', 'callback_disabled_at', 'callback_disabled_reason', 'strict_approval'])
    .where('id', '=', merchantId)
    .executeTakeFirstOrThrow();
}

function toWire({
  callback_url,
  callback_disabled_at,
  callback_disabled_reason,
  strict_approval,
}: UrlRow): Static<typeof CallbackUrl> {
  return {
    url: callback_url,
    enabled: callback_url !== null && callback_disabled_at === null,
    ...(strict_approval && { strictApproval: true }),
    ...(callback_disabled_reason !== null && { disabledReason: callback_disabled_reason }),
    ...(callback_disabled_at !== null && { disabledAt: callback_disabled_at.toISOString() }),
  };
}
