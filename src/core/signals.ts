import { EventEmitter } from 'node:events';

interface SignalMap {
  /** Orders of this supplier were made due: its reader should look now rather than at its next tick. */
  ordersDue: [supplierId: string];
  /** A trade was recorded and waits at its gate. */
  tradeOpened: [trade: { merchantId: string; tradeId: string }];
  /** A trade has taken a step, which its callback tells of. */
  callbackWritten: [callback: { merchantId: string; callbackId: string }];
}

/** Hints within one process that something can be done sooner. Nothing depends on them: what is due is in the rows. */
export class Signals extends EventEmitter<SignalMap> {}
