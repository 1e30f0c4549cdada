import { cancelItem } from '../../src/cancellations/cancel-item.ts';
import { ApiError } from '../../src/errors.ts';
import { toRefusal } from './buying.ts';
import { inFlight } from './model.ts';
import { seeItems } from './seen.ts';
import type { Story } from './story.ts';

/** How many equal requests come at once. */
const CROWDS = [1, 1, 1, 2, 3, 10];
const MIN_AGE_MS = 30 * 60_000;

type Target = Story['items'][number];

/** One to ten equal requests, over all nodes. */
export function cancelSomething(story: Story): void {
  if (story.items.length === 0) return;
  const target = story.random.pick(story.items);
  for (let i = story.random.pick(CROWDS); i > 0; i--) cancelOnce(story, target);
}

function cancelOnce(story: Story, target: Target): void {
  story.tally.cancels++;
  const { process, deps } = story.anyNode();
  const { tradeId, itemId } = target;
  const canceller = {
    merchantId: story.caller.merchantId,
    source: 'self' as const,
    steamId: null,
    actor: 'sim',
    requestId: 'sim',
  };
  story.scheduler.start(process, `cancel of ${target.token} ${target.nativeId}`, async () => {
    const answer = await cancelItem(deps, canceller, { tradeRef: tradeId, itemRef: itemId }).catch(toRefusal);
    requireHonest(story, target, answer);
  });
}

/** An answer may not say what the marketplace knows to be otherwise. @throws Error when it does */
function requireHonest(story: Story, target: Target, answer: object): void {
  const order = story.model.orderOf(target);
  const isAccepted = order !== null && order.cancelAcceptedAtMs !== null;
  if (!(answer instanceof Error)) {
    if (!isAccepted) throw new Error('answered as accepted, but the marketplace never accepted it');
    return;
  }
  if (!(answer instanceof ApiError)) return;
  const reason = answer.context.details?.['reason'];
  story.trace.line(`  cancel answered ${answer.key} ${reason ?? ''}`);
  switch (answer.key) {
    case 'SERVICE_UNAVAILABLE':
      return;
    case 'TRADE_CANCEL_TOO_SOON':
      requireTooSoon(story, answer);
      return;
    case 'TRADE_NOT_CANCELLABLE':
      requireRefusal(story, target, String(reason), isAccepted);
      return;
    default:
      throw new Error(`a cancel was answered ${answer.key}`);
  }
}

function requireTooSoon(story: Story, answer: ApiError): void {
  const cancellableAtMs = Date.parse(String(answer.context.details?.['cancellableAt']));
  if (cancellableAtMs > story.clock.nowMs + MIN_AGE_MS) throw new Error('too soon, for longer than 30 minutes');
}

/** Refused although the marketplace accepted: only for an item that is over by now, or was delivered all the same. */
function requireRefusal(story: Story, target: Target, reason: string, isAccepted: boolean): void {
  const isRust = target.game !== '730';
  if (isRust !== (reason === 'not_supported')) throw new Error(`an item of game ${target.game} is refused: ${reason}`);
  if (!isAccepted) return;
  const item = seeItems(story.embedded).find(
    ({ token, nativeId }) => token === target.token && nativeId === target.nativeId,
  );
  const phases = story.model.phasesOf(story.model.orderOf(target));
  const wasDelivered = reason === 'already_sent' && (phases.has('accepted') || phases.has('settled'));
  if (!item || (inFlight.has(item.state) && !wasDelivered)) {
    throw new Error(`refused (${reason}), though the marketplace accepted it and the item is ${item?.state}`);
  }
}
