import type { GatewayProcess } from '../../../sandbox/demo/gateway-process.ts';
import type { GateReceiver } from './receiver.ts';
import type { Stage } from './stage.ts';

/** When a process is killed. */
export type KillMoment = 'asked and not answered' | 'just answered' | 'any moment';

export interface Kill {
  readonly moment: KillMoment;
  /** How many things of that kind happen before. */
  readonly nth: number;
}

/**
 * Lets merchants place trades, and meanwhile kills one node after the other and starts it again.
 * @param placing begins to place the trades that belong to the n-th kill
 */
export async function underKills(
  { nodes, receiver }: Stage,
  kills: readonly Kill[],
  placing: (number: number) => Promise<unknown>,
): Promise<void> {
  const placed: Promise<unknown>[] = [];
  let [startingNode, starting]: [GatewayProcess | undefined, Promise<unknown>] = [undefined, Promise.resolve()];
  for (const [number, kill] of kills.entries()) {
    const inTurn = nodes.map((_, index) => nodes[(number + index) % nodes.length]);
    if (kill.moment === 'asked and not answered') receiver.hold();
    const struck = comes(receiver, kill);
    placed.push(placing(number));
    await struck;
    // Should the first of them not be the one that asked, another one is.
    for (const node of inTurn) {
      // A node that has not started yet has nothing in hand to lose.
      if (node === startingNode) await starting;
      await node?.kill();
      // Of several nodes the others go on alone until this one is back.
      await starting;
      startingNode = node;
      starting = node?.startAgain() ?? Promise.resolve();
      if (kill.moment !== 'asked and not answered' || (await receiver.hasLostWhoAsked())) break;
    }
    await receiver.release();
    if (nodes.length === 1) await starting;
  }
  await starting;
  await Promise.all(placed);
}

function comes(receiver: GateReceiver, { moment, nth }: Kill): Promise<void> {
  switch (moment) {
    case 'asked and not answered':
      return receiver.heard('asked', nth);
    case 'just answered':
      return receiver.heard('answered', nth);
    case 'any moment':
      return receiver.heard('request', nth);
  }
}
