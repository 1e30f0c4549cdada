import type { Answer } from '../chaos/call.ts';
import { Tally } from '../chaos/tally.ts';

/** An answer that a merchant got, or that it got none. */
export interface Heard {
  readonly at: number;
  readonly route: string;
  /** The status; 0: no answer. */
  readonly status: number;
}

/** Counts as the tally of chaos does, and keeps when each answer came, by `performance.now()`. */
export class Timeline extends Tally {
  readonly heard: Heard[] = [];

  override count(route: string, answer: Answer): void {
    super.count(route, answer);
    const status = answer.kind === 'none' ? 0 : answer.status;
    this.heard.push({ at: performance.now(), route, status });
    if (status === 500) this.found('wrong answer', `${route} is answered 500`);
  }

  since(at: number): Heard[] {
    return this.heard.filter((each) => each.at >= at);
  }
}
