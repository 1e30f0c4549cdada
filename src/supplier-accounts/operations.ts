import { sql } from 'kysely';
import { removeAccess } from '../auth/account-access.ts';
import { NotFoundError, OperatorError } from '../core/operator-error.ts';
import type { SecretOwner } from '../core/secrets.ts';
import { ofAllMerchants } from '../db/portable.ts';
import type { SupplierAccountRow } from '../db/tables.ts';
import { inTransaction, type Trx } from '../db/transaction.ts';
import type { Deps } from '../deps.ts';
import { isSupplierPaused } from '../freezes/freezes.ts';
import type { SupplierKind } from '../suppliers/kind.ts';
import { type GivenSettings, requireSettings, withoutEmpty } from './settings.ts';

type AccountDeps = Pick<Deps, 'db' | 'clock' | 'secrets' | 'supplierKinds'>;

/** As the migration checks it. */
const ID = /^[a-z][a-z0-9-]{0,31}$/;

export function requireKind({ supplierKinds }: Pick<Deps, 'supplierKinds'>, name: string): SupplierKind {
  const kind = supplierKinds.find((each) => each.name === name);
  if (kind) return kind;
  const known = supplierKinds.map((each) => each.name).join(', ') || 'none';
  throw new OperatorError(`unknown kind of marketplace ${name}; this version has adapters for: ${known}`);
}

/** @throws OperatorError for an unknown kind, an id that is taken or malformed, wrong settings, and keys of another account */
export async function addAccount(
  deps: AccountDeps,
  account: { readonly kind: string; readonly id: string; readonly given: GivenSettings },
): Promise<SupplierAccountRow> {
  const { id } = account;
  const kind = requireKind(deps, account.kind);
  const given = withoutEmpty(account.given);
  requireNewId(id);
  requireSettings(kind, given);
  const now = deps.clock.now();
  const row = { id, kind: kind.name, sealed_settings: seal(deps, id, given), created_at: now, updated_at: now };
  return comparingAccounts(deps, async (trx) => {
    await requireOwnKeys({ ...deps, db: trx }, kind, id, given);
    const added = await trx
      .insertInto('supplier_account')
      .values(row)
      .onConflict((conflict) => conflict.doNothing())
      .returningAll()
      .executeTakeFirst();
    if (!added) throw new OperatorError(`the id ${id} is taken by another account; choose another with --id`);
    return added;
  });
}

/** Two operators at once would not see each other's keys: one transaction fails then, is repeated, and sees them. */
function comparingAccounts<T>(deps: AccountDeps, work: (trx: Trx) => Promise<T>): Promise<T> {
  return inTransaction(deps, async (trx) => {
    await sql`set transaction isolation level serializable`.execute(trx);
    return work(trx);
  });
}

function requireNewId(id: string): void {
  if (!ID.test(id)) {
    throw new OperatorError(
      'an account id has 1 to 32 lower-case letters, digits and hyphens, and starts with a letter',
    );
  }
}

/**
 * Two accounts with the same keys are one account at the marketplace: each would find the orders of the other in its books, and
 * count its calls alone.
 */
async function requireOwnKeys(deps: AccountDeps, kind: SupplierKind, id: string, given: GivenSettings): Promise<void> {
  const keys = kind.settings.filter((setting) => setting.isSecret && setting.default === undefined);
  if (keys.length === 0) return;
  const others = (await listAccounts(deps)).filter((other) => other.kind === kind.name && other.id !== id);
  const same = others.find((other) => {
    const theirs = openSettings(deps, other);
    return keys.every(({ name }) => theirs[name] === given[name]);
  });
  if (!same) return;
  const names = keys.map(({ name }) => name).join(', ');
  throw new OperatorError(
    `account ${same.id} at ${kind.name} has the same ${names}; use another account at the marketplace, or change that one ` +
      `with skinrail supplier set ${same.id}`,
  );
}

/** All accounts, by id. */
export async function listAccounts({ db }: Pick<Deps, 'db'>): Promise<SupplierAccountRow[]> {
  return db.selectFrom('supplier_account').selectAll().orderBy('id').execute();
}

export async function requireAccount({ db }: Pick<Deps, 'db'>, id: string): Promise<SupplierAccountRow> {
  const row = await db.selectFrom('supplier_account').selectAll().where('id', '=', id).executeTakeFirst();
  return row ?? refuseUnknown(id);
}

/** @throws OperatorError always */
export function refuseUnknown(id: string): never {
  throw new NotFoundError(`there is no account ${id}; skinrail supplier list shows all accounts`);
}

/** @throws OperatorError when the settings cannot be decrypted or read */
export function openSettings({ secrets }: Pick<Deps, 'secrets'>, row: SupplierAccountRow): GivenSettings {
  const settings = parse(secrets.open(row.sealed_settings, ownerOf(row.id)));
  if (!settings) throw new OperatorError(`the stored settings of account ${row.id} are not readable`);
  return settings;
}

/** null: they cannot be read with this SECRET_KEY, which must not keep an operator from replacing or removing them. */
export function readableSettings(deps: Pick<Deps, 'secrets'>, row: SupplierAccountRow): GivenSettings | null {
  try {
    return openSettings(deps, row);
  } catch {
    return null;
  }
}

/** The error of the parser would hold a part of the text, which has keys. */
function parse(text: string): GivenSettings | null {
  try {
    const settings: unknown = JSON.parse(text);
    if (typeof settings !== 'object' || settings === null) return null;
    return Object.fromEntries(Object.entries(settings).map(([name, value]) => [name, String(value)]));
  } catch {
    return null;
  }
}

/**
 * Replaces the settings that are given and keeps the others. An empty value removes a setting.
 * @throws OperatorError for an unknown account and wrong settings
 */
export async function changeAccount(deps: AccountDeps, id: string, given: GivenSettings): Promise<SupplierAccountRow> {
  return comparingAccounts(deps, async (trx) => {
    const row = await lockAccount(trx, id);
    const settings = withoutEmpty({ ...openSettings(deps, row), ...given });
    const kind = requireKind(deps, row.kind);
    requireSettings(kind, settings);
    await requireOwnKeys({ ...deps, db: trx }, kind, id, settings);
    return trx
      .updateTable('supplier_account')
      .set({ sealed_settings: seal(deps, id, settings), updated_at: deps.clock.now() })
      .where('id', '=', id)
      .returningAll()
      .executeTakeFirstOrThrow();
  });
}

async function lockAccount(trx: Trx, id: string): Promise<SupplierAccountRow> {
  const row = await trx.selectFrom('supplier_account').selectAll().where('id', '=', id).forUpdate().executeTakeFirst();
  return row ?? refuseUnknown(id);
}

/** What of an account is not over yet. Nodes without the account would never finish it. */
export interface OpenWork {
  /** Purchases that are sent or looked up. */
  readonly purchases: number;
  readonly cancellations: number;
  /** Items that wait for their merchant's approval. */
  readonly approvals: number;
}

export async function openWorkOf(db: Deps['db'] | Trx, id: string): Promise<OpenWork> {
  const { rows } = await sql<OpenWork>`select ${ofAllMerchants}
    (select count(*)::int4 from purchase where due_at is not null and supplier = ${id}) as purchases,
    (select count(*)::int4 from cancellation where due_at is not null and supplier = ${id}) as cancellations,
    (select count(*)::int4 from approval join item on item.merchant_id = approval.merchant_id and item.trade_id = approval.trade_id
      where approval.due_at is not null and approval.state = 'asking' and item.supplier = ${id}) as approvals`.execute(
    db,
  );
  return rows[0] ?? { purchases: 0, cancellations: 0, approvals: 0 };
}

/**
 * Removes an account of which nothing is open. It must be paused, because nodes buy with it until they restart.
 * @throws OperatorError for an account that is unknown, not paused, or has open purchases
 */
export async function removeAccount(deps: AccountDeps, id: string): Promise<SupplierAccountRow> {
  return inTransaction(deps, async (trx) => {
    const row = await lockAccount(trx, id);
    await requirePaused(trx, id);
    const { purchases, cancellations, approvals } = await openWorkOf(trx, id);
    if (purchases + cancellations + approvals > 0) {
      throw new OperatorError(
        `account ${id} has ${purchases} open purchases, ${cancellations} open cancellation requests and ${approvals} items ` +
          'that wait for approval; keep it paused until there are none. Orders are looked up for 14 days after their end',
      );
    }
    await trx.deleteFrom('supplier_account').where('id', '=', id).execute();
    await trx.deleteFrom('supplier_health').where('supplier', '=', id).execute();
    await trx.deleteFrom('supplier_connection').where('supplier', '=', id).execute();
    await trx.deleteFrom('supplier_feed').where('supplier', '=', id).execute();
    await trx.deleteFrom('supplier_policy').where('supplier', '=', id).execute();
    await trx.deleteFrom('supplier_limit').where('supplier', '=', id).execute();
    await removeAccess(trx, id);
    return row;
  });
}

async function requirePaused(trx: Trx, id: string): Promise<void> {
  if (await isSupplierPaused(trx, id)) return;
  throw new OperatorError(
    `account ${id} is not paused, and nodes that run buy with it; run skinrail supplier pause ${id} first`,
  );
}

function seal({ secrets }: Pick<Deps, 'secrets'>, id: string, given: GivenSettings): string {
  return secrets.seal(JSON.stringify(given), ownerOf(id));
}

function ownerOf(supplierId: string): SecretOwner {
  return { supplierId, purpose: 'supplier-settings' };
}
