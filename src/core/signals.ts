import { EventEmitter } from 'node:events';

interface SignalMap {
  /** Orders of this supplier became due, so its reader should check them before its next poll. */
  ordersDue: [supplierId: string];
  /** A trade was created and waits for approval. */
  tradeOpened: [trade: { merchantId: string; tradeId: string }];
  /** A trade has changed, and its callback was written. */
  callbackWritten: [callback: { merchantId: string; callbackId: string }];
  /** A merchant or an operator asked for something, or is connected to the live feed. */
  looked: [];
  /** A supplier's listings are offered again, or no longer. */
  supplierHealth: [supplierId: string];
}

/** In-process hints that work can start earlier. Nothing depends on them, because due work is in the database. */
export class Signals extends EventEmitter<SignalMap> {}
