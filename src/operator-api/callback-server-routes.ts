import Type from 'typebox';
import { switchOn } from '../callbacks/endpoint.ts';
import { explainSignature } from '../callbacks/explain-signature.ts';
import { testSignature } from '../callbacks/signature-test.ts';
import { inTransaction } from '../db/transaction.ts';
import type { App } from '../http/app-type.ts';
import { Ok, ok } from '../http/envelope.ts';
import { Text } from '../http/validation.ts';
import { requireMerchant } from '../merchants/operations.ts';
import { CallbackSwitch, SignatureReportWire, SignatureTestWire } from './callback-wire.ts';
import { asPerson, limitMember, type PersonGuards } from './guard.ts';
import { MerchantParams } from './merchant-wire.ts';
import { recordedFor } from './recorded.ts';
import { iso } from './wire.ts';

/** The longest callback has some 60 kB. */
const BODY_MAX = 200_000;
const HEADER_MAX = 1000;

const tags = ['callbacks'];

/** Finding out why a merchant's server does not take callbacks, and switching them on again. */
export function callbackServerRoutes(app: App, guards: PersonGuards): void {
  testRoute(app, guards);
  enableRoute(app, guards);
  verifySignatureRoute(app, guards);
}

/** Not in the audit trail, as `skinrail callback test` is not: it changes nothing. */
function testRoute(app: App, guards: PersonGuards): void {
  const { deps } = guards;

  app.post(
    '/operator/v1/merchants/:merchantId/callbacks/test',
    {
      ...asPerson(guards, 'push'),
      schema: {
        summary: 'Try whether the merchant’s server verifies signatures',
        description:
          'Sends its URL a test message with a valid signature and, if that is answered with 2xx, the same with a wrong one. ' +
          'Nothing is recorded, and a URL that is switched off stays so.',
        tags,
        params: MerchantParams,
        response: { 200: Ok(SignatureTestWire) },
      },
    },
    async (request) => {
      const { merchantId } = request.params;
      await limitMember(guards, request, 'callback-url');
      await requireMerchant(deps, merchantId);
      return ok(request, await testSignature(deps, merchantId));
    },
  );
}

function enableRoute(app: App, guards: PersonGuards): void {
  const { deps } = guards;

  app.post(
    '/operator/v1/merchants/:merchantId/callbacks/enable',
    {
      ...asPerson(guards, 'integrate'),
      schema: {
        summary: 'Send callbacks again after they were switched off',
        description: 'With all that waited, in order. Changes nothing while they are on.',
        tags,
        params: MerchantParams,
        response: { 200: Ok(CallbackSwitch) },
      },
    },
    async (request) => {
      const { merchantId } = request.params;
      const command = ['merchant', 'callbacks-on', merchantId];
      await recordedFor(deps, request, command, async (watch) => {
        await requireMerchant(deps, merchantId);
        await watch({ kind: 'merchant', id: merchantId });
        await inTransaction(deps, (trx) => switchOn(deps, trx, merchantId));
      });
      const merchant = await requireMerchant(deps, merchantId);
      const { callback_url: url, callback_disabled_at: disabledAt, callback_disabled_reason: reason } = merchant;
      const isOn = url !== null && disabledAt === null;
      return ok(request, { url, isOn, disabledAt: iso(disabledAt), disabledReason: reason });
    },
  );
}

function verifySignatureRoute(app: App, guards: PersonGuards): void {
  app.post(
    '/operator/v1/merchants/:merchantId/callbacks/verify-signature',
    {
      ...asPerson(guards, 'read'),
      schema: {
        summary: 'Whether a signature over a body is right, and if not, why',
        description: 'Compares with the secrets that sign the merchant’s callbacks now. Nothing is stored or sent.',
        tags,
        params: MerchantParams,
        body: Type.Object(
          {
            header: Text(0, HEADER_MAX, { description: 'The value of x-assetpay-signature' }),
            body: Type.String({ maxLength: BODY_MAX, description: 'The raw body, byte for byte' }),
          },
          { additionalProperties: false },
        ),
        response: { 200: Ok(SignatureReportWire) },
      },
    },
    async (request) => ok(request, await explainSignature(guards.deps, request.params.merchantId, request.body)),
  );
}
