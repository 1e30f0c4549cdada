import { hearChannel } from '../centrifugo.ts';
import type { ConnectionAbility, Hint } from '../supplier.ts';
import { readSocketToken, unclear } from './answers.ts';
import { type LisSkinsClient, USER_AGENT } from './client.ts';
import { purchaseEventShape } from './shapes.ts';

interface PushOptions {
  readonly socketUrl: string;
  /** The number of the account, which names its private channel. */
  readonly userId: string;
  readonly timeoutMs: number;
}

/**
 * Hears of the account's purchases. Each connection needs a new token.
 * @throws TypeError when the URL is invalid
 */
export function connectionAbility(client: LisSkinsClient, options: PushOptions): ConnectionAbility {
  const url = new URL(options.socketUrl).href;
  const channel = `private:purchase-skins#${options.userId}`;
  const socket = { url, channel, openMs: options.timeoutMs, headers: { 'user-agent': USER_AGENT } };
  return {
    hold: async (listener, signal) => {
      const answer = await client.socketToken(signal);
      const token = readSocketToken(answer);
      if (token === null) return unclear(answer);
      const onPublication = (data: unknown) => {
        const hint = hintOf(data);
        if (hint) listener.onHint(hint);
      };
      return hearChannel({ ...socket, token, signal }, { onOpen: () => listener.onOpen(), onPublication });
    },
  };
}

/**
 * The purchase that an event is about. Which fields an event has is not known; these two name a purchase everywhere else.
 * @returns null for what is no event about a purchase
 */
export function hintOf(data: unknown): Hint | null {
  if (!purchaseEventShape.Check(data)) return null;
  const { custom_id: reference, purchase_id: orderId } = data;
  if (typeof reference === 'string' && reference !== '') return { references: [reference], orderIds: [] };
  const isOrderId = typeof orderId === 'number' || (typeof orderId === 'string' && orderId !== '');
  return isOrderId ? { references: [], orderIds: [String(orderId)] } : 'unnamed';
}
