import type { Command } from 'commander';
import type { ApiKeyRow } from '../../db/tables.ts';
import { createKey, listKeys, type NewKey, revokeKey } from '../../merchants/operations.ts';
import { columns, listing } from '../format.ts';
import { collect, readId } from '../input.ts';
import {
  type Choose,
  type DatabaseOptions,
  databaseCommand,
  EXAMPLE_ID,
  onDatabase,
  type Report,
  readingDatabase,
  type Session,
} from '../task.ts';

interface CreateOptions extends DatabaseOptions {
  readonly scope?: readonly string[];
  readonly ip?: readonly string[];
}

export function addKeyCommands(program: Command, choose: Choose): void {
  const key = program.command('key').description('merchants’ API keys');

  databaseCommand(
    key,
    'create <merchant>',
    'make a key; it is shown this once',
    `key create ${EXAMPLE_ID} --ip 203.0.113.7 --ip 2001:db8::/32`,
  )
    .option('--scope <scope>', 'what it may do; may be repeated, and is everything when left out', collect)
    .option('--ip <range>', 'address or CIDR range it may be used from; may be repeated', collect)
    .action((id: string, options: CreateOptions) => {
      const merchantId = readId(id, 'merchant');
      const { scope, ip } = options;
      const wanted = { ...(scope ? { scopes: scope } : {}), ...(ip ? { allowedIps: ip } : {}) };
      choose(onDatabase(options, (session) => create(session, merchantId, wanted)));
    });

  databaseCommand(key, 'list <merchant>', 'a merchant’s keys, without the keys themselves', `key list ${EXAMPLE_ID}`)
    // As everywhere in this file: the id is checked before anything is opened.
    .action((id: string, options: DatabaseOptions) => {
      const merchantId = readId(id, 'merchant');
      choose(readingDatabase(options, (session) => list(session, merchantId)));
    });

  databaseCommand(key, 'revoke <key>', 'refuse a key, by its id, within 5 seconds', `key revoke ${EXAMPLE_ID}`).action(
    (id: string, options: DatabaseOptions) => {
      const keyId = readId(id, 'key');
      choose(onDatabase(options, async ({ deps }) => shown(await revokeKey(deps, keyId))));
    },
  );
}

async function create({ deps }: Session, merchantId: string, wanted: NewKey): Promise<Report> {
  const { apiKey, row } = await createKey(deps, merchantId, wanted);
  const { text, json } = shown(row);
  return { text: `${text}\n${apiKey}\n\nThis key is not shown again.\n`, json: { ...json, apiKey } };
}

async function list({ deps }: Session, merchantId: string): Promise<Report> {
  const keys = await listKeys(deps, merchantId);
  const rows = keys.map((row) => [
    row.id,
    ending(row),
    row.scopes.join(','),
    row.allowed_ips.join(','),
    row.created_at,
    row.revoked_at,
  ]);
  const head = ['id', 'key', 'scopes', 'ips', 'created', 'revoked'];
  return { text: listing(head, rows, 'this merchant has no keys'), json: keys.map(toJson) };
}

function shown(row: ApiKeyRow) {
  const text = columns([
    ['id', row.id],
    ['merchant', row.merchant_id],
    ['key', ending(row)],
    ['scopes', row.scopes.join(', ')],
    ['ips', row.allowed_ips.join(', ') || 'any'],
    ['created', row.created_at],
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
    revokedAt: row.revoked_at,
  };
}
