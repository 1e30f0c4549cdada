import type { Command } from 'commander';
import { tokenSecretOf } from '../../auth/token-secret.ts';
import { acceptCallbackUrl, saveCallbackUrl, setCallbackUrl, testCallbackUrl } from '../../callbacks/endpoint.ts';
import { decimal } from '../../core/money.ts';
import type { MerchantRow } from '../../db/tables.ts';
import {
  createMerchant,
  listMerchants,
  requireApiSecret,
  requireMerchant,
  setDisabled,
  setFee,
  setRouteLimit,
  setVerified,
} from '../../merchants/operations.ts';
import { FEE_BPS_MAX } from '../../merchants/settings.ts';
import { balanceOf } from '../../wallets/operations.ts';
import { dollars, listing } from '../format.ts';
import { readWhole } from '../input.ts';
import { feeText, merchantJson, merchantReport } from '../merchant-text.ts';
import {
  type Choose,
  type DatabaseOptions,
  databaseCommand,
  EXAMPLE_ID,
  onDatabase,
  onMerchant,
  type Report,
  readingDatabase,
  type Session,
} from '../task.ts';
import { addClientLimitsCommand } from './client-limits.ts';
import { addCallbackCommands } from './merchant-callbacks.ts';
import { addOriginCommands } from './merchant-origins.ts';

const LIMIT_MAX = 100_000_000;

interface CreateOptions extends DatabaseOptions {
  readonly verified?: boolean;
  readonly feeBps?: string;
  readonly callbackUrl?: string;
  readonly untested?: boolean;
  readonly withoutSecret?: boolean;
}

export function addMerchantCommands(program: Command, choose: Choose): void {
  const merchant = program.command('merchant').description('manage merchants, the shops that buy through this gateway');

  databaseCommand(
    merchant,
    'create <name>',
    'create a merchant and show its API secret',
    'merchant create "Skin Shop" --verified --fee-bps 150 --callback-url https://shop.example/callbacks',
  )
    .option('--verified', 'apply the limits of a verified merchant')
    .option('--fee-bps <number>', 'fee on top of supplier prices, in hundredths of a percent')
    .option('--callback-url <url>', 'where callbacks are sent; the URL must accept a test message')
    .option('--untested', 'do not send the test message')
    .option('--without-secret', 'create no API secret yet; rotate-secret creates one later')
    .action((name: string, options: CreateOptions) => choose(onDatabase(options, creation(name, options))));

  databaseCommand(merchant, 'list', 'list all merchants', 'merchant list').action((options: DatabaseOptions) =>
    choose(readingDatabase(options, list)),
  );

  databaseCommand(merchant, 'show <merchant>', 'show a merchant and its balance', `merchant show ${EXAMPLE_ID}`)
    .option('--secret', 'also show the API secret')
    .action((id: string, options: DatabaseOptions & { secret?: boolean }) => {
      const toTask = options.secret ? onDatabase : readingDatabase;
      choose(
        onMerchant(options, id, (session, merchantId) => show(session, merchantId, options.secret ?? false), toTask),
      );
    });

  addSwitch(merchant, choose, 'verify', 'apply the limits of a verified merchant', (deps, id) =>
    setVerified(deps, id, true),
  );
  addSwitch(merchant, choose, 'unverify', 'apply the limits of an unverified merchant', (deps, id) =>
    setVerified(deps, id, false),
  );
  addSwitch(merchant, choose, 'disable', 'refuse its keys from now on; its open trades continue', (deps, id) =>
    setDisabled(deps, id, true),
  );
  addSwitch(merchant, choose, 'enable', 'accept its keys again', (deps, id) => setDisabled(deps, id, false));

  addClientLimitsCommand(merchant, choose);
  addCallbackUrl(merchant, choose);
  addCallbackCommands(merchant, choose);
  addOriginCommands(merchant, choose);

  databaseCommand(
    merchant,
    'fee <merchant> <basis-points>',
    'set its fee on top of supplier prices, in hundredths of a percent, for new trades',
    `merchant fee "Skin Shop" 150`,
  ).action((id: string, text: string, options: DatabaseOptions) => {
    const feeBps = readFee(text, 'a fee');
    choose(onMerchant(options, id, async ({ deps }, merchantId) => changed(await setFee(deps, merchantId, feeBps))));
  });

  databaseCommand(
    merchant,
    'limit <merchant> <route> <requests>',
    'set the merchant’s limit for a route, per minute or hour like the default limit; "usual" restores the default',
    `merchant limit ${EXAMPLE_ID} item-cancel 600`,
  ).action((id: string, route: string, requests: string, options: DatabaseOptions) => {
    const max = requests === 'usual' ? null : readWhole(requests, 'a limit', LIMIT_MAX);
    choose(
      onMerchant(options, id, async ({ deps }, merchantId) =>
        changed(await setRouteLimit(deps, merchantId, route, max)),
      ),
    );
  });
}

function addCallbackUrl(merchant: Command, choose: Choose): void {
  databaseCommand(
    merchant,
    'callback-url <merchant> <url>',
    'set where callbacks are sent, after a test message was accepted there, and switch callbacks on',
    `merchant callback-url ${EXAMPLE_ID} https://shop.example/callbacks`,
  )
    .option('--untested', 'do not send the test message, for a server that is not running yet')
    .action((id: string, url: string, options: DatabaseOptions & { untested?: boolean }) => {
      const isUntested = options.untested ?? false;
      choose(onMerchant(options, id, (session, merchantId) => changeCallbackUrl(session, merchantId, url, isUntested)));
    });
}

type Switch = (deps: Session['deps'], merchantId: string) => Promise<MerchantRow>;

function addSwitch(parent: Command, choose: Choose, name: string, description: string, set: Switch): void {
  databaseCommand(parent, `${name} <merchant>`, description, `merchant ${name} ${EXAMPLE_ID}`).action(
    (id: string, options: DatabaseOptions) => {
      choose(onMerchant(options, id, async ({ deps }, merchantId) => changed(await set(deps, merchantId))));
    },
  );
}

function readFee(text: string, what: string): number {
  return text === '0' ? 0 : readWhole(text, what, FEE_BPS_MAX);
}

function creation(name: string, options: CreateOptions): (session: Session) => Promise<Report> {
  const { verified, feeBps, callbackUrl, untested, withoutSecret } = options;
  const wanted = {
    name,
    verified: verified ?? false,
    feeBps: feeBps === undefined ? 0 : readFee(feeBps, '--fee-bps'),
    withoutSecret: withoutSecret ?? false,
  };
  return async ({ deps, watch }) => {
    const url = callbackUrl === undefined ? null : acceptCallbackUrl(deps.config, callbackUrl);
    if (url !== null && !untested) await testCallbackUrl(deps, url);
    const { merchant, apiSecret } = await createMerchant(deps, { ...wanted, callbackUrl: url });
    await watch?.({ kind: 'merchant', id: merchant.id }, true);
    return merchantReport(merchant, [['api secret', apiSecret]], { apiSecret });
  };
}

async function changeCallbackUrl(
  { deps }: Session,
  merchantId: string,
  url: string,
  untested: boolean,
): Promise<Report> {
  await requireMerchant(deps, merchantId);
  if (!untested) return changed(await setCallbackUrl(deps, merchantId, url));
  return changed(await saveCallbackUrl(deps, merchantId, acceptCallbackUrl(deps.config, url)));
}

async function list({ deps }: Session): Promise<Report> {
  const merchants = await listMerchants(deps);
  const rows = merchants.map(({ id, name, verified, fee_bps, disabled_at, created_at }) => [
    id,
    name,
    verified,
    feeText(fee_bps),
    disabled_at,
    created_at,
  ]);
  const head = ['id', 'name', 'verified', 'fee', 'disabled', 'created'];
  return { text: listing(head, rows, 'there are no merchants yet'), json: merchants.map(merchantJson) };
}

async function show({ deps }: Session, merchantId: string, withSecret: boolean): Promise<Report> {
  const merchant = await requireMerchant(deps, merchantId);
  const { available, locked } = await balanceOf(deps, merchantId);
  const secret = withSecret ? requireApiSecret(deps, merchant) : null;
  const tokenSecret = withSecret && merchant.token_secret_sealed !== null ? tokenSecretOf(deps, merchant) : null;
  return merchantReport(
    merchant,
    [
      ['available', dollars(available)],
      ['locked', dollars(locked)],
      ...(secret ? [['api secret', secret]] : []),
      ...(tokenSecret ? [['token secret', tokenSecret]] : []),
    ],
    {
      available: decimal(available),
      locked: decimal(locked),
      ...(secret ? { apiSecret: secret } : {}),
      ...(tokenSecret ? { tokenSecret } : {}),
    },
  );
}

function changed(merchant: MerchantRow): Report {
  return merchantReport(merchant, [], {});
}
