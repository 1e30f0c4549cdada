import { createHmac, randomBytes } from 'node:crypto';
import { ofAllMerchants } from '../db/portable.ts';
import type { SupplierAccountRow } from '../db/tables.ts';
import type { Deps } from '../deps.ts';
import { readableSettings } from '../supplier-accounts/operations.ts';
import { dualControlAbove } from '../wallets/funding-requests.ts';
import type { State } from './changes.ts';
import { withoutUrlSecrets } from './url-secrets.ts';

/** What a command changes. */
export interface Subject {
  readonly kind: 'merchant' | 'account' | 'freezes' | 'trade' | 'request' | 'dual-control' | 'person' | 'callback';
  /** Of a merchant, an account at a marketplace, a trade, a request, a person or a callback; empty for all freezes and for dual control. */
  readonly id: string;
}

export const ALL_FREEZES: Subject = { kind: 'freezes', id: '' };
/** What one operator may do alone. */
export const DUAL_CONTROL: Subject = { kind: 'dual-control', id: '' };

type ReadDeps = Pick<Deps, 'db' | 'secrets' | 'supplierKinds'>;

/** @returns what the database has of a subject now, without a secret; nothing, if it does not exist */
export function stateOf(deps: ReadDeps, { kind, id }: Subject): Promise<State> {
  return readers[kind](deps, id);
}

const readers: Readonly<Record<Subject['kind'], (deps: ReadDeps, id: string) => Promise<State>>> = {
  merchant: merchantState,
  account: accountState,
  freezes: freezesState,
  trade: tradeState,
  request: requestState,
  'dual-control': dualControlState,
  person: personState,
  callback: callbackState,
};

async function merchantState({ db }: ReadDeps, id: string): Promise<State> {
  const merchant = await db.selectFrom('merchant').selectAll().where('id', '=', id).execute();
  const keys = await db.selectFrom('api_key').selectAll().where('merchant_id', '=', id).execute();
  const origins = await db.selectFrom('client_origin').select('origin').where('merchant_id', '=', id).execute();
  const balances = await db.selectFrom('account').selectAll().where('merchant_id', '=', id).execute();
  return {
    ...fieldsOf('', merchant[0]),
    ...merged(keys.map((key) => fieldsOf(`key ${key.id} `, key))),
    ...(origins.length > 0 ? { origins: origins.map(({ origin }) => origin).sort() } : {}),
    ...merged(balances.map(({ name, balance_mills }) => ({ [`wallet ${name}_mills`]: balance_mills }))),
  };
}

async function accountState(deps: ReadDeps, id: string): Promise<State> {
  const { db } = deps;
  const account = await db.selectFrom('supplier_account').selectAll().where('id', '=', id).executeTakeFirst();
  const policies = await db.selectFrom('supplier_policy').selectAll().where('supplier', '=', id).execute();
  const access = await db.selectFrom('supplier_access').selectAll().where('supplier', '=', id).execute();
  const limit = await db.selectFrom('supplier_limit').selectAll().where('supplier', '=', id).executeTakeFirst();
  const circuit = await db
    .selectFrom('supplier_health')
    .select(['opened_at', 'retry_at'])
    .where('supplier', '=', id)
    .executeTakeFirst();
  const closed = await db.selectFrom('closed_order').selectAll().where('supplier', '=', id).execute();
  return {
    ...fieldsOf('', account),
    ...merged(closed.map(({ order_id, ...order }) => fieldsOf(`closed order ${order_id} `, order))),
    ...(account ? settingsState(deps, account) : {}),
    ...merged(policies.map((policy) => fieldsOf(`game ${policy.game} `, policy))),
    ...merged(access.map(({ merchant, is_allowed }) => ({ [`allowed to ${merchant || 'others'}`]: is_allowed }))),
    ...fieldsOf('', limit),
    ...fieldsOf('circuit ', circuit),
  };
}

/** Settings as the operator gave them; each secret is replaced by a mark that differs when the secret does. */
function settingsState(deps: ReadDeps, account: SupplierAccountRow): State {
  const given = readableSettings(deps, account);
  if (given === null) return { settings: 'not readable' };
  const kind = deps.supplierKinds.find(({ name }) => name === account.kind);
  const isPublic = new Set(kind?.settings.flatMap(({ name, isSecret }) => (isSecret ? [] : [name])));
  return Object.fromEntries(
    Object.entries(given).map(([name, value]) => {
      return [`setting ${name}`, isPublic.has(name) ? value : markOf(value)];
    }),
  );
}

async function freezesState({ db }: ReadDeps): Promise<State> {
  const freezes = await db.selectFrom('buying_freeze').selectAll().execute();
  return Object.fromEntries(freezes.map(({ scope, target, reason }) => [`${scope} ${target}`.trim(), reason]));
}

async function tradeState({ db }: ReadDeps, id: string): Promise<State> {
  const trade = await db
    .selectFrom('trade')
    .modifyFront(ofAllMerchants)
    .select('merchant_id')
    .where('id', '=', id)
    .executeTakeFirst();
  if (!trade) return {};
  // The indexes of both tables begin with the merchant, and cancellations have one by item.
  const of = { merchant_id: trade.merchant_id };
  const items = await db
    .selectFrom('item')
    .selectAll()
    .where((where) => where.and({ ...of, trade_id: id }))
    .execute();
  const ids = items.map((item) => item.id);
  const requests = await db
    .selectFrom('cancellation')
    .selectAll()
    .where((where) => where.and(of))
    .where('item_id', 'in', ids)
    .execute();
  return {
    ...merged(items.map((item) => ({ [`item ${item.id} state`]: item.state, [`item ${item.id} error`]: item.error }))),
    ...merged(requests.map((request) => ({ [`cancellation ${request.id} state`]: request.state }))),
  };
}

async function dualControlState({ db }: ReadDeps): Promise<State> {
  return { above_mills: await dualControlAbove(db) };
}

async function requestState({ db }: ReadDeps, id: string): Promise<State> {
  const request = await db.selectFrom('funding_request').selectAll().where('id', '=', id).executeTakeFirst();
  return { ...fieldsOf('', request), ...(request ? { merchant: request.merchant_id } : {}) };
}

async function personState({ db }: ReadDeps, id: string): Promise<State> {
  const person = await db.selectFrom('person').selectAll().where('id', '=', id).executeTakeFirst();
  const passkeys = await db.selectFrom('person_passkey').select(['id', 'name']).where('person_id', '=', id).execute();
  return {
    ...fieldsOf('', person),
    ...(person ? { merchant: person.merchant_id } : {}),
    ...merged(passkeys.map((passkey) => ({ [`passkey ${passkey.id}`]: shownOf(passkey.name) }))),
  };
}

/** The join from the merchants lets the query use the primary key (merchant_id, id). */
async function callbackState({ db }: ReadDeps, id: string): Promise<State> {
  const callback = await db
    .selectFrom('merchant')
    .innerJoin('callback', 'callback.merchant_id', 'merchant.id')
    .modifyFront(ofAllMerchants)
    .select(['callback.state', 'callback.attempts'])
    .where('callback.id', '=', id)
    .executeTakeFirst();
  return fieldsOf('', callback);
}

/** Columns that change by themselves, or that name the subject. */
const LEFT_OUT = new Set([
  ...['id', 'merchant_id', 'supplier', 'game', 'updated_at', 'last_used_at', 'events_numbered'],
  ...['failures', 'locked_until', 'totp_period'],
]);
/** Columns with secrets. Their values are encrypted, or digests. */
const SECRET = /sealed|hash/;

/** Every other column, so that one that is added later is not forgotten. */
function fieldsOf(prefix: string, row: object | undefined): State {
  const columns = Object.entries(row ?? {}).filter(([column]) => !LEFT_OUT.has(column) && column !== 'sealed_settings');
  return Object.fromEntries(
    columns.map(([column, value]) => [`${prefix}${column}`, SECRET.test(column) ? markOf(value) : shownOf(value)]),
  );
}

/** A callback URL can have a token in it. */
function shownOf(value: unknown): unknown {
  return typeof value === 'string' ? withoutUrlSecrets(value) : value;
}

/** Of this process alone, so that nobody can try out secrets against a mark. */
const MARK_KEY = randomBytes(32);

/** Shows whether a secret was replaced, and reveals nothing of its value. Marks of different processes cannot be compared. */
function markOf(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  const bytes = value instanceof Uint8Array ? value : String(value);
  return `secret #${createHmac('sha256', MARK_KEY).update(bytes).digest('hex').slice(0, 8)}`;
}

function merged(states: readonly State[]): State {
  return Object.assign({}, ...states);
}
