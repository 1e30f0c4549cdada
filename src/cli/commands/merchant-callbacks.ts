import type { Command } from 'commander';
import { clearTokenSecret, setTokenSecret } from '../../auth/token-secret.ts';
import { switchOff, switchOn } from '../../callbacks/endpoint.ts';
import { OperatorError } from '../../core/operator-error.ts';
import type { MerchantRow } from '../../db/tables.ts';
import { inTransaction, type Trx } from '../../db/transaction.ts';
import { requireMerchant, setStrictApproval } from '../../merchants/operations.ts';
import { rotateSecret } from '../../merchants/rotate-secret.ts';
import { readDuration } from '../input.ts';
import { merchantReport } from '../merchant-text.ts';
import { type Choose, type DatabaseOptions, databaseCommand, EXAMPLE_ID, onMerchant, type Session } from '../task.ts';

/** Gives a merchant a day to read the operator's mail and to deploy the new secret. */
const DEFAULT_GRACE = '24h';

/** Commands for a merchant's callbacks and its secrets. */
export function addCallbackCommands(merchant: Command, choose: Choose): void {
  databaseCommand(
    merchant,
    'rotate-secret <merchant>',
    'create and show a new API secret; the old one keeps signing for a grace period',
    `merchant rotate-secret ${EXAMPLE_ID} --grace 48h`,
  )
    .option(
      '--grace <duration>',
      'how long callbacks are also signed with the old secret; use 0 for a secret that leaked',
      DEFAULT_GRACE,
    )
    .action((id: string, options: DatabaseOptions & { grace: string }) => {
      const graceMs = readDuration(options.grace, '--grace');
      choose(onMerchant(options, id, (session, merchantId) => rotate(session, merchantId, graceMs)));
    });

  addTokenSecret(merchant, choose);
  addApprovalMode(merchant, choose);
  addCallbackSwitch(
    merchant,
    choose,
    'callbacks-off',
    'stop sending callbacks to the merchant; they are kept until callbacks-on',
    (deps, trx, id) => switchOff(deps, trx, id, 'by an operator'),
  );
  addCallbackSwitch(merchant, choose, 'callbacks-on', 'send callbacks again, including those that waited', switchOn);
}

interface TokenSecretOptions extends DatabaseOptions {
  readonly grace: string;
  readonly off?: boolean;
}

function addTokenSecret(merchant: Command, choose: Choose): void {
  databaseCommand(
    merchant,
    'token-secret <merchant>',
    'create and show a separate secret for client tokens; the API secret then signs callbacks only',
    `merchant token-secret ${EXAMPLE_ID} --grace 48h`,
  )
    .option(
      '--grace <duration>',
      'how long tokens signed with the old secret stay valid; use 0 for a secret that leaked',
      DEFAULT_GRACE,
    )
    .option('--off', 'remove the separate secret, so that the API secret signs tokens again')
    .action((id: string, options: TokenSecretOptions) => {
      const graceMs = readDuration(options.grace, '--grace');
      const isOff = options.off ?? false;
      choose(onMerchant(options, id, (session, merchantId) => changeTokenSecret(session, merchantId, graceMs, isOff)));
    });
}

async function changeTokenSecret({ deps }: Session, merchantId: string, graceMs: number, isOff: boolean) {
  if (isOff) return merchantReport(await clearTokenSecret(deps, merchantId, graceMs), [], {});
  const { merchant, tokenSecret } = await setTokenSecret(deps, merchantId, graceMs);
  return merchantReport(merchant, [['token secret', tokenSecret]], { tokenSecret });
}

const approvalModes = ['strict', 'lenient'];

function addApprovalMode(merchant: Command, choose: Choose): void {
  databaseCommand(
    merchant,
    'approval <merchant> <mode>',
    'set what approves a purchase: "strict": only {"action":"approve"}; "lenient": any 2xx that is not a rejection',
    `merchant approval ${EXAMPLE_ID} strict`,
  ).action((id: string, mode: string, options: DatabaseOptions) => {
    if (!approvalModes.includes(mode)) {
      throw new OperatorError(`unknown approval mode ${mode}; valid modes are ${approvalModes.join(', ')}`);
    }
    choose(
      onMerchant(options, id, async ({ deps }, merchantId) =>
        merchantReport(await setStrictApproval(deps, merchantId, mode === 'strict'), [], {}),
      ),
    );
  });
}

async function rotate({ deps }: Session, merchantId: string, graceMs: number) {
  const { merchant, apiSecret } = await rotateSecret(deps, merchantId, graceMs);
  return merchantReport(merchant, [['api secret', apiSecret]], { apiSecret });
}

type Switch = (deps: Session['deps'], trx: Trx, merchantId: string) => Promise<unknown>;

function addCallbackSwitch(parent: Command, choose: Choose, name: string, description: string, set: Switch): void {
  databaseCommand(parent, `${name} <merchant>`, description, `merchant ${name} ${EXAMPLE_ID}`).action(
    (id: string, options: DatabaseOptions) => {
      choose(
        onMerchant(options, id, async ({ deps }, merchantId) =>
          merchantReport(await switched(deps, merchantId, set), [], {}),
        ),
      );
    },
  );
}

async function switched(deps: Session['deps'], merchantId: string, set: Switch): Promise<MerchantRow> {
  await requireMerchant(deps, merchantId);
  await inTransaction(deps, (trx) => set(deps, trx, merchantId));
  return requireMerchant(deps, merchantId);
}
