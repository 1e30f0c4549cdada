import type { ServerResponse } from 'node:http';
import type { CancelReply } from './cancelling.ts';
import type { Order } from './orders.ts';

/** How the cancellation attempts of one order were made and answered, as the marketplace sees it. */
export interface CancelFacts {
  /** The maximum number of simultaneous attempts. */
  readonly cancelsAtOnce: number;
  /** Attempts after the caller had received an acceptance. */
  readonly cancelsAfterAccept: number;
  /** Unclear: answers that the caller cannot interpret, or for which it did not wait. */
  readonly cancelAnswers: { readonly accepted: number; readonly refused: number; readonly unclear: number };
}

type Watched = {
  underWay: number;
  cancelsAtOnce: number;
  cancelsAfterAccept: number;
  cancelAnswers: { accepted: number; refused: number; unclear: number };
};

/** Records cancellation attempts, so that tests can check a gateway. In memory only. */
export class CancelWatch {
  readonly #orders = new Map<number, Watched>();

  /** @param isDelivered after a delivery the gateway may try again if it does not know of it; a new attempt is then refused */
  begin(order: Order, isDelivered: boolean, reply: CancelReply, response: ServerResponse): void {
    const watched = this.#of(order);
    watched.underWay++;
    watched.cancelsAtOnce = Math.max(watched.cancelsAtOnce, watched.underWay);
    if (watched.cancelAnswers.accepted > 0 && !isDelivered) watched.cancelsAfterAccept++;
    response.once('close', () => {
      watched.underWay--;
      watched.cancelAnswers[response.writableFinished ? kindOf(reply) : 'unclear']++;
    });
  }

  factsOf(order: Order): CancelFacts {
    const { cancelsAtOnce, cancelsAfterAccept, cancelAnswers } = this.#orders.get(order.number) ?? noAttempts();
    return { cancelsAtOnce, cancelsAfterAccept, cancelAnswers };
  }

  #of(order: Order): Watched {
    const known = this.#orders.get(order.number);
    if (known) return known;
    const fresh = noAttempts();
    this.#orders.set(order.number, fresh);
    return fresh;
  }
}

function noAttempts(): Watched {
  return {
    underWay: 0,
    cancelsAtOnce: 0,
    cancelsAfterAccept: 0,
    cancelAnswers: { accepted: 0, refused: 0, unclear: 0 },
  };
}

function kindOf(reply: CancelReply): 'accepted' | 'refused' | 'unclear' {
  switch (reply) {
    case 'accepted':
      return 'accepted';
    case 'no order':
    case 'too early':
    case 'already sent':
    case 'already closed':
    case 'seller preparing':
      return 'refused';
    case 'unavailable':
    case 'html':
    case 'hang':
    case 'cut':
      return 'unclear';
  }
}
