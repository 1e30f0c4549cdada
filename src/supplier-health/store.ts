import { later, MINUTE_MS } from '../core/clock.ts';
import type { Mills } from '../core/money.ts';
import type { Db } from '../db/connect.ts';
import type { SupplierHealthRow } from '../db/tables.ts';
import { inTransaction, type Trx } from '../db/transaction.ts';
import type { Deps } from '../deps.ts';
import { afterPurchase, type Circuit, CLOSED, circuitState, type Sign } from './breaker.ts';

type HealthDeps = Pick<Deps, 'db' | 'clock' | 'config' | 'log' | 'signals'>;

/** Balances are read once a minute. An older one says nothing: no node reads it any more. */
const BALANCE_VALID_MS = 5 * MINUTE_MS;
const REASON_MAX = 200;

/** The health of a supplier, as all nodes read it. */
export interface SupplierHealth {
  readonly circuit: Circuit;
  /** What is left to spend; null: not known. */
  readonly balanceMills: Mills | null;
  /** When the balance was read. */
  readonly balanceAt: Date | null;
}

export const HEALTHY: SupplierHealth = { circuit: CLOSED, balanceMills: null, balanceAt: null };

/** The suppliers about which something is known; all others are healthy. */
export async function readHealth({ db, clock }: Pick<Deps, 'db' | 'clock'>): Promise<Map<string, SupplierHealth>> {
  const rows = await db.selectFrom('supplier_health').selectAll().execute();
  const oldest = later(clock.now(), -BALANCE_VALID_MS);
  return new Map(
    rows.map((row) => {
      const isValid = row.balance_at !== null && row.balance_at >= oldest;
      const balance = { balanceMills: isValid ? row.balance_mills : null, balanceAt: isValid ? row.balance_at : null };
      return [row.supplier, { circuit: toCircuit(row), ...balance }];
    }),
  );
}

/**
 * Counts what the answer to a purchase says of its marketplace.
 * @param sent.at when the purchase was sent
 */
export async function recordSign(
  deps: HealthDeps,
  sent: { readonly supplier: string; readonly at: Date },
  sign: Sign,
): Promise<void> {
  const { supplierFailuresMax: failuresMax } = deps.config;
  if (failuresMax === 0) return;
  // Nearly every purchase works at a healthy marketplace: that writes nothing and waits for no lock.
  if (sign.kind === 'worked' && isQuiet(await findRow(deps.db, sent.supplier))) return;
  const { before, after } = await inTransaction(deps, async (trx) => {
    const known = await lockCircuit(trx, sent.supplier);
    const next = afterPurchase(known, sign, { askedAt: sent.at, now: deps.clock.now() }, failuresMax);
    if (next !== known) await writeCircuit(trx, sent.supplier, next);
    return { before: known, after: next };
  });
  tellChange(deps, sent.supplier, before, after);
}

function isQuiet(row: SupplierHealthRow | undefined): boolean {
  return !row || (row.failures === 0 && row.opened_at === null);
}

/** Logs each change once, by the node whose purchase made it. */
function tellChange({ log, signals }: HealthDeps, supplier: string, before: Circuit, after: Circuit): void {
  if (before.openings === after.openings) return;
  if (after.opening) {
    const { failures, reason, opening } = after;
    log.warn(
      { supplier, failures, reason, retryAt: opening.retryAt },
      before.opening
        ? 'The trial of a marketplace failed. Its listings are not offered until the next trial.'
        : 'Purchases at a marketplace fail. Its listings are not offered until a trial; skinrail supplier show says why.',
    );
  } else {
    log.info({ supplier }, 'A purchase at a marketplace worked. Its listings are offered as before.');
  }
  signals.emit('supplierHealth', supplier);
}

/**
 * Closes the circuit of a supplier, for an operator who has mended its cause. Every node offers its listings within a second.
 * @returns the circuit as it was
 */
export async function closeCircuit(deps: Pick<Deps, 'db' | 'clock'>, supplier: string): Promise<Circuit> {
  return inTransaction(deps, async (trx) => {
    const row = await findRow(trx, supplier);
    if (!row) return CLOSED;
    const before = await lockCircuit(trx, supplier);
    await writeCircuit(trx, supplier, CLOSED);
    return before;
  });
}

/** @param balanceMills null: it cannot be read */
export async function recordBalance(
  { db, clock }: Pick<Deps, 'db' | 'clock'>,
  supplier: string,
  balanceMills: Mills | null,
): Promise<void> {
  const balance = { balance_mills: balanceMills, balance_at: balanceMills === null ? null : clock.now() };
  await db
    .insertInto('supplier_health')
    .values({ supplier, ...balance })
    .onConflict((conflict) => conflict.column('supplier').doUpdateSet(balance))
    .execute();
}

export async function circuitOf({ db }: Pick<Deps, 'db'>, supplier: string): Promise<Circuit> {
  const row = await findRow(db, supplier);
  return row ? toCircuit(row) : CLOSED;
}

function findRow(db: Db | Trx, supplier: string): Promise<SupplierHealthRow | undefined> {
  return db.selectFrom('supplier_health').selectAll().where('supplier', '=', supplier).executeTakeFirst();
}

async function lockCircuit(trx: Trx, supplier: string): Promise<Circuit> {
  await trx
    .insertInto('supplier_health')
    .values({ supplier })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  const row = await trx
    .selectFrom('supplier_health')
    .selectAll()
    .where('supplier', '=', supplier)
    .forUpdate()
    .executeTakeFirstOrThrow();
  return toCircuit(row);
}

async function writeCircuit(trx: Trx, supplier: string, circuit: Circuit): Promise<void> {
  const { failures, failedAt, openings, opening, reason } = circuit;
  await trx
    .updateTable('supplier_health')
    .set({
      failures,
      failed_at: failedAt,
      openings,
      opened_at: opening?.at ?? null,
      retry_at: opening?.retryAt ?? null,
      reason: reason?.slice(0, REASON_MAX) ?? null,
    })
    .where('supplier', '=', supplier)
    .execute();
}

function toCircuit(row: SupplierHealthRow): Circuit {
  const { failures, failed_at, openings, opened_at, retry_at, reason } = row;
  const opening = opened_at && retry_at ? { at: opened_at, retryAt: retry_at } : null;
  return { failures, failedAt: failed_at, openings, opening, reason };
}

/** Whether the supplier's listings are offered, and until when not; null: they are. */
export function closedUntil({ circuit }: SupplierHealth, now: Date): Date | null {
  return circuitState(circuit, now) === 'open' ? (circuit.opening?.retryAt ?? null) : null;
}
