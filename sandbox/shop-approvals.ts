import { systemClock } from '../src/core/clock.ts';
import { type Answer, approve, reject, type Trade } from '../src/core/webhooks.ts';
import { integerOf, type SandboxStore, textOf } from './marketplace/store.ts';

/** What the demo shop does when it is asked whether to buy: a developer chooses, to see each path. */
export const approvalModes = ['approve', 'reject', 'silent'] as const;
export type ApprovalMode = (typeof approvalModes)[number];

const MODE_SETTING = 'shop.approvals';
const SHOWN_MAX = 100;
const REASON = 'The demo shop was told to reject.';

/** Counts as no answer, and a developer need not wait for three time limits as with a shop that hangs. */
const SILENCE: Answer = {
  status: 503,
  headers: { 'content-type': 'application/json' },
  body: '{"silent":true}',
};

/** The questions before purchases that came to the demo shop, and how it answered. */
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

  /** A trade that was decided keeps its answer, whatever the shop would say by now: the question is one. */
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

  /** The latest first; `answer` is null while the shop was silent. */
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

/** @returns null for a word that is none of the modes */
export function readMode(text: string): ApprovalMode | null {
  return approvalModes.find((mode) => mode === text) ?? null;
}
