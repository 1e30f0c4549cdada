import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, expect, test } from 'vitest';
import { SANDBOX_RUST_KEY } from '../../sandbox/marketplace/rust.ts';
import { withSession } from '../../src/cli/open-session.ts';
import { loadConfig } from '../../src/config/config.ts';
import { toMills } from '../../src/core/money.ts';
import { type Gateway, startGateway } from '../../src/gateway/gateway.ts';
import { createKey, createMerchant } from '../../src/merchants/operations.ts';
import { addAccount } from '../../src/supplier-accounts/operations.ts';
import type { SupplierKind } from '../../src/suppliers/kind.ts';
import { moveFunding } from '../../src/wallets/operations.ts';
import { openMarketplace } from '../suppliers/harness.ts';
import { SECRET_KEY } from '../support/keys.ts';
import { TRADE_URL } from '../support/merchant.ts';
import { Receiver } from '../support/receiver.ts';
import { kindAt } from '../support/supplier-kind.ts';

/** Outside the sandbox a gateway buys with the accounts that its operator has added. */

const log = pino({ level: 'silent' });
const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

/** A data folder whose database has an account at the marketplace. */
async function folderWithAccount(kind: SupplierKind) {
  const dataDir = mkdtempSync(join(tmpdir(), 'skinrail-account-'));
  ends.push(() => rmSync(dataDir, { recursive: true, force: true }));
  const config = loadConfig({ PORT: '0', DATA_DIR: dataDir, SANDBOX: 'off', SECRET_KEY, CALLBACK_ALLOW: '127.0.0.1' });
  await withSession(config, async ({ deps }) => {
    const given = { apiKey: SANDBOX_RUST_KEY };
    await addAccount({ ...deps, supplierKinds: [kind] }, { kind: kind.name, id: 'my-account', given });
  });
  return config;
}

async function fundedMerchant({ deps }: Gateway) {
  const receiver = await Receiver.start();
  ends.push(() => receiver.stop());
  const { merchant } = await createMerchant(deps, {
    name: 'shop',
    verified: true,
    callbackUrl: receiver.urlOf('shop'),
  });
  await moveFunding(deps, {
    merchantId: merchant.id,
    direction: 'credit',
    amountMills: toMills(1_000_000n),
    actor: 'test',
  });
  return createKey(deps, merchant.id);
}

test('a listing of its marketplace is bought with the account, and the balance is measured', async () => {
  const { url, testListing } = await openMarketplace();
  const kind = kindAt(url, async () => ({ outcome: 'read', availableMills: toMills(250_500n) }));
  const config = await folderWithAccount(kind);
  const gateway = await startGateway(config, log, [kind]);
  ends.push(() => gateway.stop());
  expect(gateway.deps.suppliers.all.map(({ id }) => id)).toEqual(['my-account']);

  const { apiKey } = await fundedMerchant(gateway);
  const { nativeId, priceMills } = await testListing('rust', 'never-ships');
  const items = [{ itemId: `rust:sandbox:${nativeId}`, price: Math.ceil(priceMills / 10) / 100 }];
  const answer = await fetch(`${gateway.baseUrl}/secure/buy`, {
    method: 'POST',
    headers: { 'api-key': apiKey, 'content-type': 'application/json' },
    body: JSON.stringify({ items, game: '252490', tradeUrl: TRADE_URL }),
  });
  expect(await answer.json()).toMatchObject({ success: true });
  const purchases = gateway.deps.db.selectFrom('purchase').select(['supplier', 'state']);
  await expect
    .poll(() => purchases.execute(), { timeout: 30_000 })
    .toEqual([{ supplier: 'my-account', state: 'done' }]);
  const metrics = await (await fetch(`${gateway.adminUrl}/metrics`)).text();
  expect(metrics).toMatch(/^skinrail_supplier_balance_dollars\{supplier="my-account"\} 250\.5$/m);
});

test('a version without the adapter does not start, and says what to do', async () => {
  const config = await folderWithAccount(kindAt('http://127.0.0.1:1'));
  await expect(startGateway(config, log, [])).rejects.toThrow(
    'account my-account is at test-market, for which this version has no adapter; start a version that has it',
  );
});
