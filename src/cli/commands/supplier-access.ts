import type { Command } from 'commander';
import { setAccess } from '../../auth/account-access.ts';
import { OperatorError } from '../../core/operator-error.ts';
import { namedAccess } from '../../merchants/account-access.ts';
import { resolveMerchant } from '../../merchants/operations.ts';
import { accessJson } from '../../operator-api/marketplace-json.ts';
import { requireAccount } from '../../supplier-accounts/operations.ts';
import { accessText } from '../access-text.ts';
import { type Choose, changing, type DatabaseOptions, databaseCommand, type Report, type Session } from '../task.ts';

interface AccessOptions extends DatabaseOptions {
  readonly all?: boolean;
}

/** `skinrail supplier allow` and `skinrail supplier deny`: which merchants may use an account. */
export function addAccessCommands(supplier: Command, choose: Choose): void {
  addRule(supplier, choose, {
    usage: 'allow <account> [merchant]',
    description: 'let a merchant use an account; every node follows within five seconds',
    example: 'supplier allow waxpeer-2 "Skin Shop"',
    isAllowed: true,
  });
  addRule(supplier, choose, {
    usage: 'deny <account> [merchant]',
    description:
      'buy nothing for a merchant with an account and show it none of its listings; every node follows within five seconds',
    example: 'supplier deny waxpeer-2 --all',
    isAllowed: false,
  });
}

interface Rule {
  readonly usage: string;
  readonly description: string;
  readonly example: string;
  readonly isAllowed: boolean;
}

function addRule(supplier: Command, choose: Choose, { usage, description, example, isAllowed }: Rule): void {
  databaseCommand(supplier, usage, description, example)
    .option('--all', 'all merchants, now and later, for whom the account has no rule of their own')
    .action((id: string, merchant: string | undefined, { all = false, ...options }: AccessOptions) => {
      if (all === (merchant !== undefined)) throw new OperatorError('name one merchant, or give --all');
      choose(changing(options, { kind: 'account', id }, (session) => apply(session, id, merchant ?? null, isAllowed)));
    });
}

async function apply(session: Session, id: string, ref: string | null, isAllowed: boolean): Promise<Report> {
  const { deps } = session;
  await requireAccount(deps, id);
  const merchantId = ref === null ? null : await resolveMerchant(deps, ref);
  await setAccess(deps, id, merchantId, isAllowed);
  const access = await namedAccess(deps, id);
  return { text: `${id}: ${accessText(access)}\n`, json: { id, access: accessJson(access) } };
}
