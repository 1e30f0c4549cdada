import type { NoticeTone } from '../../shared/notice.tsx';
import type { Attention } from './queries.ts';

/** How something that needs a person is shown. */
export interface AttentionText {
  readonly text: string;
  /** The screen that mends it. */
  readonly to: string;
  readonly search?: Readonly<Record<string, string>>;
  readonly tone: NoticeTone;
}

type Kind = Attention['kind'];

/** What costs most when it waits comes first. */
const order: readonly Kind[] = [
  ...(['verify-broken', 'freeze', 'circuit-open', 'unknown'] as const),
  ...(['callbacks-off', 'callbacks-failing', 'funding-request'] as const),
];

export function byUrgency(a: Attention, b: Attention): number {
  return order.indexOf(a.kind) - order.indexOf(b.kind);
}

const texts: Readonly<Record<Kind, (count: number) => AttentionText>> = {
  'verify-broken': (count) => ({
    text: `The last check of the books found ${counted(count, 'broken rule')}`,
    to: '/verify',
    tone: 'bad',
  }),
  freeze: (count) => ({
    text: count === 1 ? 'A freeze stops purchases' : `${count} freezes stop purchases`,
    to: '/marketplaces',
    tone: 'waiting',
  }),
  'circuit-open': (count) => ({
    text: `Purchases fail at ${counted(count, 'marketplace')}, and nothing is offered from there`,
    to: '/marketplaces',
    tone: 'bad',
  }),
  unknown: (count) => ({
    text: `${counted(count, 'purchase or cancellation', 'purchases and cancellations')} without a known outcome`,
    to: '/unknown',
    tone: 'waiting',
  }),
  'callbacks-off': (count) => ({
    text: `Callbacks of ${counted(count, 'merchant')} are switched off`,
    to: '/merchants',
    tone: 'bad',
  }),
  'callbacks-failing': (count) => ({
    text:
      count === 1
        ? 'The server of 1 merchant takes no callbacks'
        : `The servers of ${count} merchants take no callbacks`,
    to: '/callbacks',
    search: { state: 'pending' },
    tone: 'waiting',
  }),
  'funding-request': (count) => ({
    text: `${counted(count, 'change of a wallet waits', 'changes of wallets wait')} for a second person`,
    to: '/wallets',
    tone: 'info',
  }),
};

/** A member's own merchant is the only one. */
const memberTexts: Partial<Readonly<Record<Kind, AttentionText>>> = {
  'callbacks-off': { text: 'Your callbacks are switched off', to: '/callbacks', tone: 'bad' },
  'callbacks-failing': {
    text: 'Your server takes no callbacks',
    to: '/callbacks',
    search: { state: 'pending' },
    tone: 'waiting',
  },
};

export function attentionText({ kind, count }: Attention, isForStaff: boolean): AttentionText {
  return (!isForStaff && memberTexts[kind]) || texts[kind](count);
}

function counted(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}
