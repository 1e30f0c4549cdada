import type { ServerResponse } from 'node:http';
import type { CancelReply } from './cancelling.ts';
import type { Order } from './orders.ts';

/** How one order's cancels were asked and answered, as only the marketplace can see it. */
export interface CancelFacts {
  /** The most that were under way at one time. */
  readonly cancelsAtOnce: number;
  /** Asked although an earlier one had been accepted, and the caller had been told so. */
  readonly cancelsAfterAccept: number;
  /** Unclear: what a caller cannot read as a yes or a no, or hung up on. */
  readonly cancelAnswers: { readonly accepted: number; readonly refused: number; readonly unclear: number };
}

type Watched = {
  underWay: number;
  cancelsAtOnce: number;
  cancelsAfterAccept: number;
  cancelAnswers: { accepted: number; refused: number; unclear: number };
};

/** Watches cancels for those who judge a gateway by them. In memory only: a restart forgets it. */
export class CancelWatch {
  readonly #orders = new Map<number, Watched>();

  /** @param isDelivered a gateway that has not heard of it may well ask again; a new request is then refused */
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
    const { cancelsAtOnce, cancelsAfterAccept, cancelAnswers } = this.#orders.get(order.number) ?? unasked();
    return { cancelsAtOnce, cancelsAfterAccept, cancelAnswers };
  }

  #of(order: Order): Watched {
    const known = this.#orders.get(order.number);
    if (known) return known;
    const fresh = unasked();
    this.#orders.set(order.number, fresh);
    return fresh;
  }
}

function unasked(): Watched {
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
