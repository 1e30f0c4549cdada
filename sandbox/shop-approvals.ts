import { systemClock } from '../src/core/clock.ts';
import { type Answer, approve, reject, type Trade } from '../src/core/webhooks.ts';
import { integerOf, type SandboxStore, textOf } from './marketplace/store.ts';

/** How the demo shop answers approval requests; a developer can choose, to try each path. */
export const approvalModes = ['approve', 'reject', 'silent'] as const;
export type ApprovalMode = (typeof approvalModes)[number];

const MODE_SETTING = 'shop.approvals';
const SHOWN_MAX = 100;
const REASON = 'The demo shop is set to reject.';

/** Counts as no answer, without the wait for three time limits. */
const SILENCE: Answer = {
  status: 503,
  headers: { 'content-type': 'application/json' },
  body: '{"silent":true}',
};

/** The approval requests that the demo shop received, and its answers. */
export class Approvals {
  readonly #store: SandboxStore;

  constructor(store: SandboxStore) {
    this.#store = store;
    store.database.exec(`create table if not exists asked (
      number integer primary key, trade_id text not null unique, body text not null, answer text,
      times integer not null default 1, asked_at text not null) strict`);
  }

  get mode(): ApprovalMode {
    return readMode(this.#store.setting(MODE_SETTING) ?? '') ?? 'approve';
  }

  set mode(mode: ApprovalMode) {
    this.#store.setSetting(MODE_SETTING, mode);
  }

  /** A decided trade keeps its answer, even if the mode changes later. */
  answer(trade: Trade): Answer {
    const { mode } = this;
    const row = this.#store.database
      .prepare(`insert into asked (trade_id, body, answer, asked_at) values (?, ?, ?, ?)
        on conflict (trade_id) do update set times = times + 1, answer = coalesce(answer, excluded.answer)
        returning answer`)
      .get(trade.id, JSON.stringify(trade), mode === 'silent' ? null : mode, systemClock.now().toISOString());
    if (row?.['answer'] === 'approve') return approve();
    return row?.['answer'] === 'reject' ? reject(REASON) : SILENCE;
  }

  /** Newest first; `answer` is null while the shop has not answered. */
  list() {
    return this.#store.database
      .prepare(`select trade_id, body, answer, times, asked_at from asked order by number desc limit ${SHOWN_MAX}`)
      .all()
      .map((row) => ({
        tradeId: textOf(row['trade_id']),
        answer: row['answer'] === null ? null : textOf(row['answer']),
        times: integerOf(row['times']),
        askedAt: textOf(row['asked_at']),
        trade: JSON.parse(textOf(row['body'])),
      }));
  }
}

/** @returns null for an unknown mode */
export function readMode(text: string): ApprovalMode | null {
  return approvalModes.find((mode) => mode === text) ?? null;
}
