import { EventEmitter } from 'node:events';

interface SignalMap {
  /** Orders of this supplier were made due: its reader should look now rather than at its next tick. */
  ordersDue: [supplierId: string];
}

/** Hints within one process that something can be done sooner. Nothing depends on them: what is due is in the rows. */
export class Signals extends EventEmitter<SignalMap> {}
