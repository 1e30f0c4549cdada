import type { Command } from 'commander';
import {
  type ClientLimits,
  type LimitName,
  limitNames,
  noScopeLimits,
  type ScopeLimits,
} from '../../clients/limits.ts';
import type { ClientUsage } from '../../clients/usage.ts';
import { decimal, type Mills, parseDollars } from '../../core/money.ts';
import { OperatorError } from '../../core/operator-error.ts';
import { type LimitsInUse, readLimitsInUse, setClientLimits, setLimitsOf } from '../../merchants/client-limits.ts';
import { requireMerchant } from '../../merchants/operations.ts';
import { type Cell, columns, dollars } from '../format.ts';
import { collect } from '../input.ts';
import {
  type Choose,
  type DatabaseOptions,
  databaseCommand,
  EXAMPLE_ID,
  onDatabase,
  onMerchant,
  type Report,
  readingDatabase,
  type Session,
} from '../task.ts';

const COUNT_MAX = 1_000_000_000;
const MILLS_MAX = 100_000_000_000n;

interface LimitOptions extends DatabaseOptions {
  readonly each?: readonly string[];
  readonly all?: readonly string[];
}

type Change = Partial<ScopeLimits>;
interface Changes {
  readonly each: Change;
  readonly all: Change;
}

const optionNames: Readonly<Record<LimitName, string>> = {
  inFlight: 'in-flight',
  perDay: 'per-day',
  withdrawalsPerDay: 'withdrawals-per-day',
  declinesPerDay: 'declines-per-day',
  requestsPerMinute: 'requests-per-minute',
};
const known = Object.values(optionNames).join(', ');

/** `skinrail merchant client-limits`: shows the limits of a merchant's clients, or changes the operator's limits. */
export function addClientLimitsCommand(merchant: Command, choose: Choose): void {
  databaseCommand(
    merchant,
    'client-limits <merchant>',
    'show the limits of a merchant’s clients, or change the operator’s limits; the merchant can set lower ones',
    `merchant client-limits ${EXAMPLE_ID} --each in-flight=50 --each declines-per-day=3 --all per-day=1000`,
  )
    .option('--each <limit=value>', `limit for each client: ${known}; "off" removes it`, collect)
    .option('--all <limit=value>', 'limit for all of its clients together, with the same names', collect)
    .action((id: string, options: LimitOptions) => {
      const changes = { each: readChange(options.each), all: readChange(options.all) };
      const toTask = options.each || options.all ? onDatabase : readingDatabase;
      choose(onMerchant(options, id, (session, merchantId) => setAndShow(session, merchantId, changes), toTask));
    });
}

function readChange(texts: readonly string[] = []): Change {
  return Object.fromEntries(
    texts.map((text) => {
      const [optionName = '', value = ''] = text.split('=');
      const name = limitNames.find((each) => optionNames[each] === optionName);
      if (!name)
        throw new OperatorError(`"${text}" is not a valid limit; valid limits are ${known}, for example in-flight=50`);
      return [name, readValue(name, optionName, value)];
    }),
  );
}

function readValue(name: LimitName, optionName: string, text: string): Mills | number | null {
  if (text === 'off') return null;
  if (name === 'inFlight' || name === 'perDay') {
    const amount = parseDollars(text, 2);
    if (amount !== null && amount <= MILLS_MAX) return amount;
    throw new OperatorError(
      `${optionName} must be an amount in dollars, such as 250 or 99.50, or "off", not "${text}"`,
    );
  }
  const min = name === 'requestsPerMinute' ? 1 : 0;
  const count = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
  if (count >= min && count <= COUNT_MAX) return count;
  throw new OperatorError(`${optionName} must be a whole number from ${min}, or "off", not "${text}"`);
}

async function setAndShow({ deps }: Session, merchantId: string, { each, all }: Changes): Promise<Report> {
  const { operator } = setLimitsOf(await requireMerchant(deps, merchantId));
  if (Object.keys({ ...each, ...all }).length > 0) {
    const limits = { each: { ...operator.each, ...each }, all: { ...operator.all, ...all } };
    await setClientLimits(deps, merchantId, 'operator', limits);
  }
  return shown(await readLimitsInUse(deps, merchantId, null));
}

function shown(limits: LimitsInUse): Report {
  const head = ['limit', 'each', 'each, by the merchant', 'all', 'all, by the merchant', 'used by all'];
  const rows = limitNames.map((name) => [
    optionNames[name],
    cell(limits.operator.each[name]),
    cell(limits.own.each[name]),
    cell(limits.operator.all[name]),
    cell(limits.own.all[name]),
    usedOf(limits.all, name),
  ]);
  return {
    text: columns([head, ...rows]),
    json: {
      operator: limitsJson(limits.operator),
      merchant: limitsJson(limits.own),
      usedByAll: Object.fromEntries(limitNames.map((name) => [name, usedOf(limits.all, name)])),
      dayEndsAt: limits.dayEndsAt,
    },
  };
}

function cell(value: Mills | number | null): Cell {
  return typeof value === 'bigint' ? dollars(value) : value;
}

/** Requests are counted in the memory of each node or in Redis, not in a table. */
function usedOf(usage: ClientUsage, name: LimitName): Cell {
  switch (name) {
    case 'inFlight':
      return dollars(usage.in_flight_mills);
    case 'perDay':
      return dollars(usage.spent_mills);
    case 'withdrawalsPerDay':
      return usage.withdrawals;
    case 'declinesPerDay':
      return usage.declines;
    case 'requestsPerMinute':
      return null;
  }
}

function limitsJson({ each, all }: ClientLimits) {
  return { each: scopeJson(each), all: scopeJson(all) };
}

function scopeJson(limits: ScopeLimits) {
  const set = { ...noScopeLimits, ...limits };
  return Object.fromEntries(
    limitNames.map((name) => {
      const value = set[name];
      return [name, typeof value === 'bigint' ? decimal(value) : value];
    }),
  );
}
