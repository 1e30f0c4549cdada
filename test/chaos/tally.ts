import type { Answer } from './call.ts';

export type Wrong = 'double refund' | 'lost refund' | 'wrong answer' | 'other';

const SAID_AT_ONCE_MAX = 40;

/** What was counted on the way, and all that is not as it should be. */
export class Tally {
  readonly answers = new Map<string, number>();
  readonly findings: { readonly wrong: Wrong; readonly text: string }[] = [];
  cancels = 0;
  readonly #say: (line: string) => void;

  constructor(say: (line: string) => void) {
    this.#say = say;
  }

  count(route: string, answer: Answer): void {
    const outcome = answer.kind === 'answer' ? `${answer.status} ${answer.key ?? 'ok'}` : 'no answer';
    const name = `${route}: ${outcome}`;
    this.answers.set(name, (this.answers.get(name) ?? 0) + 1);
    if (answer.kind === 'unreadable') {
      this.found('wrong answer', `${route} answered ${answer.status} with what is no envelope: ${answer.text}`);
    }
  }

  found(wrong: Wrong, text: string): void {
    this.findings.push({ wrong, text });
    if (this.findings.length <= SAID_AT_ONCE_MAX) this.#say(`${wrong}: ${text}`);
  }

  number(wrong: Wrong): number {
    return this.findings.filter((finding) => finding.wrong === wrong).length;
  }
}
