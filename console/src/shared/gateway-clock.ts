/** The gateway's clock as the console knows it: in a sandbox it can be moved, and the browser's own clock can be wrong. */

let aheadMs = 0;
const listeners = new Set<() => void>();

/** @param now what the gateway has just said its time is */
export function learnGatewayTime(now: string): void {
  aheadMs = new Date(now).getTime() - Date.now();
  for (const listener of listeners) listener();
}

/** The time of the gateway, in milliseconds since 1970; until the gateway has said it, the browser's. */
export function gatewayNow(): number {
  return Date.now() + aheadMs;
}

/**
 * Calls a listener when the gateway has said its time.
 * @returns stops that
 */
export function onGatewayTime(listener: () => void): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}
