import type { TradeWire } from '../../src/trades/wire.ts';

/** A withdrawal that waits is only ever sent as the question whether to buy it (DESIGN 4.6). */
export function isQuestion({ type, status }: Pick<TradeWire, 'type' | 'status'>): boolean {
  return type === 'withdraw' && status === 'initiated';
}
