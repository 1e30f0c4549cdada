import type { Command } from 'commander';
import { clearTokenSecret, setTokenSecret } from '../../auth/token-secret.ts';
import { switchOff, switchOn } from '../../callbacks/switch.ts';
import { OperatorError } from '../../core/operator-error.ts';
import type { MerchantRow } from '../../db/tables.ts';
import { inTransaction, type Trx } from '../../db/transaction.ts';
import { requireMerchant, setStrictApproval } from '../../merchants/operations.ts';
import { rotateSecret } from '../../merchants/rotate-secret.ts';
import { readDuration } from '../input.ts';
import { shownMerchant } from '../merchant-text.ts';
import { type Choose, type DatabaseOptions, databaseCommand, EXAMPLE_ID, onMerchant, type Session } from '../task.ts';

/** Long enough for a merchant to notice a mail and to deploy. */
const USUAL_GRACE = '24h';

/** What an operator does with a merchant's callbacks and the secret that they are signed with. */
export function addCallbackCommands(merchant: Command, choose: Choose): void {
  databaseCommand(
    merchant,
    'rotate-secret <merchant>',
    'give it a new API secret, which is shown; the old one still signs for a while',
    `merchant rotate-secret ${EXAMPLE_ID} --grace 48h`,
  )
    .option(
      '--grace <duration>',
      'how long callbacks are signed with the old one as well; 0 for a secret that leaked',
      USUAL_GRACE,
    )
    .action((id: string, options: DatabaseOptions & { grace: string }) => {
      const graceMs = readDuration(options.grace, '--grace');
      choose(onMerchant(options, id, (session, merchantId) => rotate(session, merchantId, graceMs)));
    });

  addTokenSecret(merchant, choose);
  addApprovalMode(merchant, choose);
  addCallbackSwitch(merchant, choose, 'callbacks-off', 'send it no callbacks for now; they wait', (deps, trx, id) =>
    switchOff(deps, trx, id, 'by an operator'),
  );
  addCallbackSwitch(merchant, choose, 'callbacks-on', 'send its callbacks again, with all that waited', switchOn);
}

interface TokenSecretOptions extends DatabaseOptions {
  readonly grace: string;
  readonly off?: boolean;
}

function addTokenSecret(merchant: Command, choose: Choose): void {
  databaseCommand(
    merchant,
    'token-secret <merchant>',
    'give it a new secret for its clients’ tokens, which is shown; its API secret signs callbacks only then',
    `merchant token-secret ${EXAMPLE_ID} --grace 48h`,
  )
    .option(
      '--grace <duration>',
      'how long tokens that were signed before are taken; 0 for a secret that leaked',
      USUAL_GRACE,
    )
    .option('--off', 'let the API secret sign tokens, too, as it does without this')
    .action((id: string, options: TokenSecretOptions) => {
      const graceMs = readDuration(options.grace, '--grace');
      const isOff = options.off ?? false;
      choose(onMerchant(options, id, (session, merchantId) => changeTokenSecret(session, merchantId, graceMs, isOff)));
    });
}

async function changeTokenSecret({ deps }: Session, merchantId: string, graceMs: number, isOff: boolean) {
  if (isOff) return shownMerchant(await clearTokenSecret(deps, merchantId, graceMs), [], {});
  const { merchant, tokenSecret } = await setTokenSecret(deps, merchantId, graceMs);
  return shownMerchant(merchant, [['token secret', tokenSecret]], { tokenSecret });
}

const approvalModes = ['strict', 'lenient'];

function addApprovalMode(merchant: Command, choose: Choose): void {
  databaseCommand(
    merchant,
    'approval <merchant> <mode>',
    'what approves its purchases: "strict" only {"action":"approve"}, "lenient" any 2xx that does not say no',
    `merchant approval ${EXAMPLE_ID} strict`,
  ).action((id: string, mode: string, options: DatabaseOptions) => {
    if (!approvalModes.includes(mode)) {
      throw new OperatorError(`there is no approval mode ${mode}; known are ${approvalModes.join(', ')}`);
    }
    choose(
      onMerchant(options, id, async ({ deps }, merchantId) =>
        shownMerchant(await setStrictApproval(deps, merchantId, mode === 'strict'), [], {}),
      ),
    );
  });
}

async function rotate({ deps }: Session, merchantId: string, graceMs: number) {
  const { merchant, apiSecret } = await rotateSecret(deps, merchantId, graceMs);
  return shownMerchant(merchant, [['api secret', apiSecret]], { apiSecret });
}

type Switch = (deps: Session['deps'], trx: Trx, merchantId: string) => Promise<unknown>;

function addCallbackSwitch(parent: Command, choose: Choose, name: string, description: string, set: Switch): void {
  databaseCommand(parent, `${name} <merchant>`, description, `merchant ${name} ${EXAMPLE_ID}`).action(
    (id: string, options: DatabaseOptions) => {
      choose(
        onMerchant(options, id, async ({ deps }, merchantId) =>
          shownMerchant(await switched(deps, merchantId, set), [], {}),
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
