import type { Facts } from './books.ts';
import type { Fault, FaultKind } from './judge.ts';
import type { Round } from './round.ts';

const kinds: readonly FaultKind[] = ['double refund', 'lost refund', 'wrong answer', 'wrong outcome', 'wrong call'];

/** Counts over all rounds, for the print at the end. */
export class Tally {
  rounds = 0;
  readonly #requests = new Map<string, number>();
  readonly #cancels = new Map<string, number>();
  readonly #outcomes = new Map<string, number>();
  readonly #market = new Map<string, number>();
  readonly #faults = new Map<FaultKind, number>();
  #raced = 0;

  take(round: Round, facts: Facts, faults: readonly Fault[]): void {
    this.rounds++;
    for (const { kind, status, reason } of round.answers) {
      count(this.#requests, kind);
      const said = reason ? `${status} ${reason}` : String(status);
      if (kind === 'cancel') count(this.#cancels, said);
      if (kind === 'whole') count(this.#cancels, `whole ${said}`);
    }
    count(this.#outcomes, facts.state);
    for (const cancellation of facts.cancellations) {
      count(
        this.#outcomes,
        `cancellation${cancellation.actor === 'timer' ? ' of the timer' : ''} ${cancellation.state}`,
      );
    }
    const { accepted, refused, unclear } = facts.market.cancelAnswers;
    count(this.#market, 'accepted', accepted);
    count(this.#market, 'refused', refused);
    count(this.#market, 'unclear', unclear);
    if (facts.market.cancelAcceptedAt !== null && facts.state !== 'reverted') this.#raced++;
    for (const { kind } of faults) this.#faults.set(kind, (this.#faults.get(kind) ?? 0) + 1);
  }

  get faults(): number {
    return [...this.#faults.values()].reduce((sum, each) => sum + each, 0);
  }

  lines(): string[] {
    return [
      `requests     ${text(this.#requests)}`,
      `cancels      ${text(this.#cancels)}`,
      `marketplace  ${text(this.#market)}`,
      `outcomes     ${text(this.#outcomes)}; accepted, and delivered all the same: ${this.#raced}`,
      kinds.map((kind) => `${this.#faults.get(kind) ?? 0} ${kind}s`).join(', '),
    ];
  }
}

function count(into: Map<string, number>, key: string, by = 1): void {
  into.set(key, (into.get(key) ?? 0) + by);
}

function text(counts: ReadonlyMap<string, number>): string {
  return [...counts]
    .sort(([a], [b]) => a.localeCompare(b))
    .map(([key, number]) => `${key}: ${number}`)
    .join(', ');
}
