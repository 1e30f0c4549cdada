import type { RequestListener } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { saveCallbackUrl, switchOff } from '../../src/callbacks/endpoint.ts';
import { CollectedOutput, type CommandResult } from '../../src/cli/output.ts';
import { runInGateway } from '../../src/cli/program.ts';
import { inTransaction } from '../../src/db/transaction.ts';
import { createKey, createMerchant } from '../../src/merchants/operations.ts';
import { isTestPing, verify } from '../../webhooks/index.js';
import { HttpServer } from '../support/http-server.ts';
import type { Merchant } from '../support/merchant.ts';
import { useOwnWorld } from '../support/world.ts';

/** A merchant's developer finds out whether the secret on the server is the right one. */

const world = useOwnWorld({ CALLBACK_TIMEOUT_MS: '1500' });

let secret = '';
const bodies: string[] = [];
let server: HttpServer;

/** As the recipes do it. */
const verifying: RequestListener = (request, response) => {
  const body = bodies.at(-1) ?? '';
  if (isTestPing(body)) return response.writeHead(200).end();
  const verdict = verify({ secret, headers: request.headers, body });
  response.writeHead(verdict.ok ? 200 : 401).end(verdict.ok ? '' : verdict.reason);
};

/** The server has read the body when it answers. */
function withBody(listener: RequestListener): RequestListener {
  return (request, response) => {
    bodies.push(server.requests.at(-1)?.body ?? '');
    listener(request, response);
  };
}

beforeAll(async () => {
  server = await HttpServer.start({
    '/verifies': withBody(verifying),
    '/takes-everything': (_, response) => response.end(),
    '/knows-trades-only': (_, response) => response.writeHead(422).end('no trade'),
    '/silent': () => {},
  });
});
afterAll(() => server.stop());

async function merchantAt(path: string): Promise<Merchant> {
  const merchant = await world().merchant();
  await saveCallbackUrl(world().gateway.deps, merchant.id, server.urlOf(path));
  secret = merchant.apiSecret;
  return merchant;
}

const tries = async (merchant: Merchant) => (await merchant.call('POST', '/v1/callbacks/test')).body.data;

async function operator(...args: string[]): Promise<CommandResult> {
  const output = new CollectedOutput();
  const { deps } = world().gateway;
  return output.with(await runInGateway(args, async () => ({ deps, applied: [] }), output));
}

describe('a signed test of my URL', () => {
  test('finds nothing wrong with a server that has the right secret and refuses others', async () => {
    const merchant = await merchantAt('/verifies');
    const before = server.requestsTo('/verifies').length;
    expect(await tries(merchant)).toEqual({
      url: server.urlOf('/verifies'),
      taken: true,
      status: 200,
      refusesForgeries: true,
      durationMs: expect.any(Number),
    });
    const [genuine, forged, ...more] = server.requestsTo('/verifies').slice(before);
    expect(more).toEqual([]);
    expect(verify({ secret, headers: genuine?.headers ?? {}, body: genuine?.body })).toMatchObject({
      ok: true,
      kind: 'other',
    });
    expect(verify({ secret, headers: forged?.headers ?? {}, body: forged?.body })).toMatchObject({
      reason: 'wrong_signature',
    });
  });

  test('finds a server that has another secret, which the unsigned message at the set-up does not', async () => {
    const merchant = await merchantAt('/verifies');
    secret = 'the secret of yesterday';
    const url = server.urlOf('/verifies');
    expect((await merchant.call('PUT', '/v1/callbacks/url', { body: { url } })).status).toBe(200);
    const found = await tries(merchant);
    expect(found).toMatchObject({ taken: false, status: 401, failure: 'answered 401' });
    expect(found).not.toHaveProperty('refusesForgeries');
    expect(found.advice).toContain('Give it your current API secret');
  });

  test('finds a server that takes whatever comes', async () => {
    const merchant = await merchantAt('/takes-everything');
    const found = await tries(merchant);
    expect(found).toMatchObject({ taken: true, refusesForgeries: false });
    expect(found.advice).toContain('Verify the signature');
  });

  test.each([
    ['/knows-trades-only', 422, 'a kind that it does not know'],
    ['/missing', 404, 'a kind that it does not know'],
    ['/silent', undefined, 'did not answer'],
  ])('tells what it saw of %s', async (path, status, advice) => {
    const found = await tries(await merchantAt(path));
    expect(found.taken).toBe(false);
    expect(found.status).toBe(status);
    expect(found.advice).toContain(advice);
  });

  test('records nothing, and leaves a URL that is switched off as it is', async () => {
    const merchant = await merchantAt('/verifies');
    const { deps } = world().gateway;
    await inTransaction(deps, (trx) => switchOff(deps, trx, merchant.id, 'by an operator'));
    expect(await tries(merchant)).toMatchObject({ taken: true });
    expect((await merchant.call('GET', '/v1/callbacks/url')).body.data).toMatchObject({ enabled: false });
    expect((await merchant.call('GET', '/v1/callbacks/deliveries')).body.data.items).toEqual([]);
  });

  test('says what is missing: a URL, or a secret', async () => {
    const { deps } = world().gateway;
    const { merchant } = await createMerchant(deps, { name: 'new', withoutSecret: true });
    const { apiKey } = await createKey(deps, merchant.id);
    const ask = () => world().call('POST', '/v1/callbacks/test', { headers: { 'api-key': apiKey } });
    expect((await ask()).body.error).toMatchObject({ key: 'MERCHANT_NO_CALLBACK_URL' });
    await saveCallbackUrl(deps, merchant.id, server.urlOf('/verifies'));
    expect((await ask()).body.error).toMatchObject({ key: 'MERCHANT_NO_API_SECRET' });
  });

  test('can be made by the operator', async () => {
    const merchant = await merchantAt('/verifies');
    const well = await operator('callback', 'test', merchant.id);
    expect(well).toMatchObject({ exitCode: 0, stderr: '' });
    expect(well.stdout).toMatch(/^valid signature +accepted \(200\)$/m);
    expect(well.stdout).toMatch(/^invalid signature +refused$/m);
    secret = 'another';
    const wrong = await operator('callback', 'test', merchant.id, '--json');
    expect(wrong.exitCode).toBe(1);
    expect(JSON.parse(wrong.stdout)).toMatchObject({ merchantId: merchant.id, taken: false, status: 401 });
  });

  test('is taken by the demo shop, which verifies', async () => {
    const { sandbox } = world().gateway;
    const answer = await world().call('POST', '/v1/callbacks/test', { headers: { 'api-key': sandbox?.apiKey ?? '' } });
    expect(answer.body.data).toMatchObject({ taken: true, refusesForgeries: true });
  });
});
