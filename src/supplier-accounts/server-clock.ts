import { Agent, type Dispatcher } from 'undici';
import { SECOND_MS } from '../core/clock.ts';

/** By how many milliseconds a clock is ahead of ours, at least and at most. */
export interface ClockAhead {
  readonly minMs: number;
  readonly maxMs: number;
}

/** Reads from the `Date` of a server's answers by how much its clock is ahead of ours. They are in whole seconds. */
export class ServerClock {
  /** Carries the calls whose answers are read. */
  readonly dispatcher: Dispatcher = new Agent().compose((dispatch) => (options, handler) => {
    const sentAtMs = Date.now();
    return dispatch(
      options,
      reading(handler, (date) => this.#read(date, sentAtMs)),
    );
  });
  #ahead: ClockAhead | null = null;

  /** null: no answer had a time, or they contradict each other. */
  get ahead(): ClockAhead | null {
    return this.#ahead !== null && this.#ahead.minMs <= this.#ahead.maxMs ? this.#ahead : null;
  }

  /** The server wrote its time after the request was sent and before the answer came, and cut off what is less than a second. */
  #read(date: string, sentAtMs: number): void {
    const writtenMs = Date.parse(date);
    if (Number.isNaN(writtenMs)) return;
    const [minMs, maxMs] = [writtenMs - Date.now(), writtenMs + SECOND_MS - sentAtMs];
    const known = this.#ahead ?? { minMs, maxMs };
    this.#ahead = { minMs: Math.max(known.minMs, minMs), maxMs: Math.min(known.maxMs, maxMs) };
  }
}

/** A handler that also tells the date of the answer. */
function reading(handler: Dispatcher.DispatchHandler, onDate: (date: string) => void): Dispatcher.DispatchHandler {
  return {
    onRequestStart: (...given) => handler.onRequestStart?.(...given),
    onRequestUpgrade: (...given) => handler.onRequestUpgrade?.(...given),
    onResponseStart: (controller, status, headers, message) => {
      if (typeof headers['date'] === 'string') onDate(headers['date']);
      handler.onResponseStart?.(controller, status, headers, message);
    },
    onResponseData: (...given) => handler.onResponseData?.(...given),
    onResponseEnd: (...given) => handler.onResponseEnd?.(...given),
    onResponseError: (...given) => handler.onResponseError?.(...given),
  };
}
