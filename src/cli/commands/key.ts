import type { Command } from 'commander';
import { scopes } from '../../auth/keys.ts';
import { OperatorError } from '../../core/operator-error.ts';
import type { ApiKeyRow } from '../../db/tables.ts';
import { createKey, listKeys, type NewKey, requireKey, revokeKey, rollKey } from '../../merchants/operations.ts';
import { columns, listing } from '../format.ts';
import { collect, readDuration, readExpiry, readId } from '../input.ts';
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

const NO_SCOPE = 'none';
/** Long enough for a merchant to deploy. */
const DEFAULT_OVERLAP = '24h';

interface ExpiryOptions extends DatabaseOptions {
  readonly expires?: string;
}

interface CreateOptions extends ExpiryOptions {
  readonly scope?: readonly string[];
  readonly ip?: readonly string[];
}

interface RollOptions extends ExpiryOptions {
  readonly overlap: string;
}

export function addKeyCommands(program: Command, choose: Choose): void {
  const key = program.command('key').description('merchants’ API keys');
  addCreate(key, choose);
  addRoll(key, choose);

  databaseCommand(
    key,
    'list <merchant>',
    'list a merchant’s keys, without the secret parts',
    'key list "Skin Shop"',
  ).action((ref: string, options: DatabaseOptions) => choose(onMerchant(options, ref, list, readingDatabase)));

  databaseCommand(
    key,
    'revoke <key>',
    'revoke a key by its id; all nodes refuse it within 5 seconds',
    `key revoke ${EXAMPLE_ID}`,
  ).action((id: string, options: DatabaseOptions) => {
    const keyId = readId(id, 'key');
    choose(onKey(options, keyId, async ({ deps }) => shown(await revokeKey(deps, keyId))));
  });
}

/** A key is recorded as a part of its merchant. */
function onKey(options: DatabaseOptions, keyId: string, work: (session: Session) => Promise<Report>) {
  return onDatabase(options, async (session) => {
    await session.watch?.({ kind: 'merchant', id: (await requireKey(session.deps, keyId)).merchant_id });
    return work(session);
  });
}

function addCreate(key: Command, choose: Choose): void {
  databaseCommand(
    key,
    'create <merchant>',
    'create a key; it is shown once',
    'key create "Skin Shop" --ip 203.0.113.7 --ip 2001:db8::/32 --expires 90d',
  )
    .option(
      '--scope <scope>',
      `allowed scope: ${scopes.join(', ')}, or ${NO_SCOPE} for a key that can only read trades on the live feed; repeatable; default: all`,
      collect,
    )
    .option('--ip <range>', 'address or CIDR range that may use the key; repeatable', collect)
    .option('--expires <when>', 'expiry: a duration such as 90d, or a time; default: never')
    .action((ref: string, options: CreateOptions) => {
      const { scope, ip } = options;
      const expiry = readExpiry(options.expires, '--expires');
      const wanted = { ...(scope ? { scopes: readScopes(scope) } : {}), ...(ip ? { allowedIps: ip } : {}) };
      choose(
        onMerchant(options, ref, (session, merchantId) =>
          create(session, merchantId, { ...wanted, expiresAt: expiry(session.deps.clock.now()) }),
        ),
      );
    });
}

function addRoll(key: Command, choose: Choose): void {
  databaseCommand(
    key,
    'roll <key>',
    'create a key with the same permissions and let the old key expire after an overlap',
    `key roll ${EXAMPLE_ID} --overlap 24h`,
  )
    .option('--overlap <duration>', 'how long the old key stays valid; use 0 for a key that leaked', DEFAULT_OVERLAP)
    .option('--expires <when>', 'expiry of the new key; default: never')
    .action((id: string, options: RollOptions) => {
      const keyId = readId(id, 'key');
      const overlapMs = readDuration(options.overlap, '--overlap');
      const expiry = readExpiry(options.expires, '--expires');
      choose(onKey(options, keyId, (session) => roll(session, keyId, overlapMs, expiry(session.deps.clock.now()))));
    });
}

function readScopes(given: readonly string[]): readonly string[] {
  if (!given.includes(NO_SCOPE)) return given;
  if (given.length > 1) throw new OperatorError(`--scope ${NO_SCOPE} cannot be combined with other scopes`);
  return [];
}

async function create({ deps }: Session, merchantId: string, wanted: NewKey): Promise<Report> {
  const { apiKey, row } = await createKey(deps, merchantId, wanted);
  const { text, json } = shown(row);
  return { text: `${text}\n${apiKey}\n\nThis key is not shown again.\n`, json: { ...json, apiKey } };
}

async function roll({ deps }: Session, keyId: string, overlapMs: number, expiresAt: Date | null): Promise<Report> {
  const { apiKey, row, old } = await rollKey(deps, keyId, { overlapMs, expiresAt });
  const { text, json } = shown(row);
  const end = `The old key ${old.id} is valid until ${old.expires_at?.toISOString()}.`;
  return {
    text: `${text}\n${apiKey}\n\nThis key is not shown again. ${end}\n`,
    json: { ...json, apiKey, old: toJson(old) },
  };
}

async function list({ deps }: Session, merchantId: string): Promise<Report> {
  const keys = await listKeys(deps, merchantId);
  const rows = keys.map((row) => [
    row.id,
    ending(row),
    row.scopes.join(','),
    row.allowed_ips.join(','),
    row.created_at,
    row.last_used_at,
    row.expires_at,
    row.revoked_at,
  ]);
  const head = ['id', 'key', 'scopes', 'ips', 'created', 'last used', 'expires', 'revoked'];
  return { text: listing(head, rows, 'this merchant has no keys'), json: keys.map(toJson) };
}

function shown(row: ApiKeyRow) {
  const text = columns([
    ['id', row.id],
    ['merchant', row.merchant_id],
    ['key', ending(row)],
    ['scopes', row.scopes.join(', ') || NO_SCOPE],
    ['ips', row.allowed_ips.join(', ') || 'any'],
    ['created', row.created_at],
    ['last used', row.last_used_at],
    ['expires', row.expires_at],
    ['revoked', row.revoked_at],
  ]);
  return { text, json: toJson(row) };
}

function ending(row: ApiKeyRow): string {
  return `ap_…${row.last_four}`;
}

function toJson(row: ApiKeyRow) {
  return {
    id: row.id,
    merchantId: row.merchant_id,
    lastFour: row.last_four,
    scopes: row.scopes,
    allowedIps: row.allowed_ips,
    createdAt: row.created_at,
    lastUsedAt: row.last_used_at,
    expiresAt: row.expires_at,
    revokedAt: row.revoked_at,
  };
}
