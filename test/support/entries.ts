import { expect } from 'vitest';
import type { EntryWire } from '../../src/wallets/wire.ts';
import { cents, dollars, type Merchant } from './merchant.ts';

export interface EntryPage {
  readonly items: EntryWire[];
  readonly nextCursor: string | null;
}

export async function entryPage(merchant: Merchant, query: Record<string, string | number> = {}): Promise<EntryPage> {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) params.set(name, String(value));
  const { status, body } = await merchant.call('GET', `/v1/wallets/me/entries?${params}`);
  expect(body.error).toBeUndefined();
  expect(status).toBe(200);
  return body.data;
}

/** All entries that fit, newest first, page by page. */
export async function allEntries(merchant: Merchant, query: Record<string, string | number> = {}) {
  const all: EntryWire[] = [];
  let page = await entryPage(merchant, query);
  all.push(...page.items);
  while (page.nextCursor !== null) {
    page = await entryPage(merchant, { ...query, cursor: page.nextCursor });
    expect(page.items.length).toBeGreaterThan(0);
    all.push(...page.items);
  }
  return all;
}

/** What entries add up to, as `Merchant.balance` tells it. */
export function balanceOf(entries: readonly EntryWire[]): { balance: number; pendingBalance: number } {
  const sum = (part: 'available' | 'locked') => entries.reduce((total, entry) => total + cents(entry[part]), 0);
  return { balance: dollars(sum('available')), pendingBalance: dollars(sum('locked')) };
}
