import { SECOND_MS } from '../core/clock.ts';
import { decimal } from '../core/money.ts';
import type { FreezeRow, SupplierAccountRow } from '../db/tables.ts';
import type { NamedAccess } from '../merchants/account-access.ts';
import { accessJson, healthJson, limitJson } from '../operator-api/marketplace-json.ts';
import type { AccountCheck } from '../supplier-accounts/check.ts';
import type { OpenWork } from '../supplier-accounts/operations.ts';
import type { ClockAhead } from '../supplier-accounts/server-clock.ts';
import { type GivenSettings, shownSettings } from '../supplier-accounts/settings.ts';
import type { SpendingLimit } from '../supplier-accounts/spending.ts';
import { HEALTHY, type SupplierHealth } from '../supplier-health/store.ts';
import type { SupplierKind } from '../suppliers/kind.ts';
import type { SupplierFault } from '../suppliers/supplier.ts';
import { accessText } from './access-text.ts';
import { columns, dollars, listing } from './format.ts';
import { healthLines, offeredText } from './health-text.ts';
import { limitText } from './limit-text.ts';
import type { Report } from './task.ts';

export const RESTART = 'restart every node for this to take effect';

const FAULTS: Readonly<Record<SupplierFault, string>> = {
  balance: 'the account has too little money; top it up at the marketplace',
  misconfigured: 'the key, its permissions or the address of this machine are refused; see skinrail supplier kinds',
};

export function kindsReport(kinds: readonly SupplierKind[]): Report {
  const rows = kinds.flatMap((kind) =>
    kind.settings.map((setting, index) => [
      index === 0 ? kind.name : '',
      index === 0 ? kind.games.join(',') : '',
      setting.name,
      setting.isSecret,
      setting.default ?? 'required',
      setting.description,
    ]),
  );
  const head = ['kind', 'games', 'setting', 'secret', 'default', 'description'];
  const json = kinds.map(({ name, games, settings }) => ({
    name,
    games,
    settings: settings.map(({ pattern, ...setting }) => ({ ...setting, pattern: pattern.source })),
  }));
  return { text: listing(head, rows, 'this version has no adapter for a marketplace'), json };
}

interface ListedAccounts {
  readonly kinds: readonly SupplierKind[];
  readonly accounts: readonly SupplierAccountRow[];
  readonly freezes: readonly FreezeRow[];
  /** By account; healthy accounts may be absent. */
  readonly health: ReadonlyMap<string, SupplierHealth>;
  readonly now: Date;
}

export function accountsReport({ kinds, accounts, freezes, health, now }: ListedAccounts): Report {
  const healthOf = (id: string) => health.get(id) ?? HEALTHY;
  const lines = accounts.map((account) => ({
    ...accountJson(account),
    games: kinds.find((kind) => kind.name === account.kind)?.games ?? [],
    pausedSince: freezeOf(freezes, account.id)?.since ?? null,
    health: healthJson(healthOf(account.id), now),
  }));
  const rows = lines.map(({ id, kind, games, pausedSince, updatedAt }) => [
    id,
    kind,
    games.join(','),
    offeredText(healthOf(id), now),
    pausedSince,
    updatedAt,
  ]);
  const head = ['account', 'kind', 'games', 'offered', 'paused since', 'changed'];
  return { text: listing(head, rows, 'there are no accounts; skinrail supplier add makes one'), json: lines };
}

interface ShownAccount {
  readonly account: SupplierAccountRow;
  /** Absent: this version has no adapter for the kind. */
  readonly kind: SupplierKind | undefined;
  readonly given: GivenSettings;
  readonly freezes: readonly FreezeRow[];
  readonly open: OpenWork;
  readonly access: NamedAccess;
  /** null: what is spent with it has no limit. */
  readonly limit: SpendingLimit | null;
  readonly health: SupplierHealth;
  readonly now: Date;
  /** A line below the account. */
  readonly note: string | null;
}

export function accountReport(shown: ShownAccount): Report {
  const { account, kind, given, freezes, open, access, limit, health, now, note } = shown;
  const freeze = freezeOf(freezes, account.id);
  const settings = shownSettings(kind, given);
  const text = columns([
    ['account', account.id],
    ['kind', kind ? account.kind : `${account.kind} (this version has no adapter for it)`],
    ...settings.map(({ name, value, isDefault }) => [
      name,
      `${value ?? 'set, not shown'}${isDefault ? ' (default)' : ''}`,
    ]),
    ['paused', freeze ? `since ${freeze.since.toISOString()}: ${freeze.reason}` : 'no'],
    ...healthLines(health, now),
    ['merchants', accessText(access)],
    ['spending', limitText(limit)],
    ['open', `${open.purchases} purchases, ${open.cancellations} cancellation requests, ${open.approvals} approvals`],
    ['created', account.created_at],
    ['changed', account.updated_at],
  ]);
  const json = {
    ...accountJson(account),
    settings,
    pausedSince: freeze?.since ?? null,
    health: healthJson(health, now),
    access: accessJson(access),
    limit: limitJson(limit),
    open,
  };
  return { text: note === null ? text : `${text}\n${note}\n`, json };
}

function freezeOf(freezes: readonly FreezeRow[], id: string): FreezeRow | undefined {
  return freezes.find(({ scope, target }) => scope === 'supplier' && target === id);
}

function accountJson({ id, kind, created_at: createdAt, updated_at: updatedAt }: SupplierAccountRow) {
  return { id, kind, createdAt, updatedAt };
}

export function checkReport(id: string, check: AccountCheck): Report {
  const { balanceMills, isKeyAccepted, fault, calls, clockAhead, durationMs } = check;
  const isUnclear = calls.some(({ cause }) => cause !== null);
  const text = columns([
    ['account', id],
    ['balance', balanceMills === null ? 'not known' : dollars(balanceMills)],
    ['key accepted', isKeyAccepted ?? 'not known'],
    ...calls.map(({ call, cause }): [string, string] => [call, cause ?? 'answered']),
    ['clock', clockText(clockAhead)],
    ['response time', `${durationMs} ms`],
    ['purchases', purchasesText(fault, isUnclear)],
  ]);
  const balance = balanceMills === null ? null : decimal(balanceMills);
  const json = { id, balance, isKeyAccepted, fault, calls, clockAhead, durationMs };
  return { text, json, exitCode: fault !== null || isUnclear ? 1 : 0 };
}

function clockText(ahead: ClockAhead | null): string {
  if (ahead === null) return 'not known';
  const { minMs, maxMs } = ahead;
  if (minMs <= 0 && maxMs >= 0) return 'agrees with this machine’s to a second';
  const [leastMs, most] = minMs > 0 ? [minMs, 'ahead of'] : [-maxMs, 'behind'];
  return `${(leastMs / SECOND_MS).toFixed(1)} s or more ${most} this machine’s`;
}

function purchasesText(fault: SupplierFault | null, isUnclear: boolean): string {
  if (fault) return `would be refused: ${FAULTS[fault]}`;
  return isUnclear ? 'not known: the marketplace gave no clear answer' : 'no reason to refuse them is known';
}
