import type { Mills } from '../core/money.ts';
import type { Deps } from '../deps.ts';
import { type BalanceAnswer, countedOutcome, type Supplier, type SupplierFault } from '../suppliers/supplier.ts';

type BalanceDeps = Pick<Deps, 'suppliers' | 'metrics' | 'log'>;

const FAULTS: Readonly<Record<SupplierFault, string>> = {
  balance: 'the marketplace says that the account has too little money; top it up',
  misconfigured:
    'failed to read the balance of an account: its key, permissions or address are refused; run skinrail supplier check',
};

/** Receives what is left to spend at a supplier; null: it cannot be read. */
type KeepBalance = (supplier: string, balance: Mills | null) => Promise<void>;

/** Reads what is left to spend at each marketplace that says it, for the gauge and for what is offered. */
export class BalanceReader {
  readonly #deps: BalanceDeps;
  readonly #keep: KeepBalance;
  /** Supplier id → the fault that was logged, which is not logged again while it lasts. */
  readonly #logged = new Map<string, SupplierFault>();

  constructor(deps: BalanceDeps, keep: KeepBalance = async () => {}) {
    this.#deps = deps;
    this.#keep = keep;
  }

  async read(): Promise<void> {
    await Promise.all(this.#deps.suppliers.all.map((supplier) => this.#readOne(supplier)));
  }

  async #readOne({ id, balance }: Supplier): Promise<void> {
    if (!balance) return;
    const answer = await balance();
    const { supplierBalance, supplierCalls } = this.#deps.metrics;
    supplierCalls.inc({ supplier: id, call: 'balance', outcome: countedOutcome(answer) });
    // Our own call budget held the call back, which says nothing of the account.
    if (answer.outcome === 'unknown' && answer.isHeld) return;
    if (answer.outcome === 'read') supplierBalance.set({ supplier: id }, Number(answer.availableMills) / 1000);
    // After any other unclear answer the last balance is still the best guess.
    else if (answer.fault === 'misconfigured') supplierBalance.remove({ supplier: id });
    this.#log(id, answer);
    await this.#keep(id, answer.outcome === 'read' ? answer.availableMills : null);
  }

  #log(supplier: string, answer: BalanceAnswer): void {
    const { log } = this.#deps;
    if (answer.outcome === 'read') {
      if (this.#logged.delete(supplier)) log.info({ supplier }, 'the balance can be read again');
      return;
    }
    const { fault, cause } = answer;
    if (!fault || this.#logged.get(supplier) === fault) return;
    this.#logged.set(supplier, fault);
    log.warn({ supplier, fault, cause }, FAULTS[fault]);
  }
}
