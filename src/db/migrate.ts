import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sql } from 'kysely';
import { packageRoot } from '../core/package-root.ts';
import type { Database } from './connect.ts';

const FOLDER = join(packageRoot, 'migrations');

export interface Migration {
  readonly version: number;
  readonly name: string;
  readonly script: string;
}

type Migrated = Pick<Database, 'db' | 'exec'>;

/** The numbered SQL files of `migrations/`, in order. */
export function knownMigrations(): Migration[] {
  return readdirSync(FOLDER)
    .filter((file) => /^\d{4}_.+\.sql$/.test(file))
    .sort()
    .map((file) => ({
      version: Number(file.slice(0, 4)),
      name: file.slice(5, -4),
      script: readFileSync(join(FOLDER, file), 'utf8'),
    }));
}

/**
 * Migrates the schema to this program's version; there are no down migrations.
 * @returns the names of the applied migrations
 * @throws Error when the schema is newer than this program, because an older program must not write to it
 */
export async function migrate(database: Migrated): Promise<string[]> {
  await createVersionTable(database);
  const known = knownMigrations();
  const applied: string[] = [];
  for (const migration of known) {
    if (migration.version <= (await schemaVersion(database))) continue;
    if (await apply(database, migration)) applied.push(migration.name);
  }
  const newest = known.at(-1)?.version ?? 0;
  const version = await schemaVersion(database);
  if (version > newest) {
    throw new Error(
      `the database has schema version ${version}, but this skinrail knows only ${newest}; start a newer skinrail`,
    );
  }
  return applied;
}

async function createVersionTable(database: Migrated): Promise<void> {
  const script = `create table if not exists schema_migration (
    version integer primary key, name text not null, applied_at timestamptz not null default now())`;
  // Two simultaneous first starts can collide in PostgreSQL's catalogue; the second attempt then finds the table.
  await database.exec(script).catch(() => database.exec(script));
}

async function schemaVersion(database: Migrated): Promise<number> {
  const result = await sql<{ version: number | null }>`select max(version) as version from schema_migration`.execute(
    database.db,
  );
  return result.rows[0]?.version ?? 0;
}

/** Inserts the version row first, so that a second node that migrates at the same time waits for it and then stops. */
async function apply(database: Migrated, migration: Migration): Promise<boolean> {
  const claim = `insert into schema_migration (version, name) values (${migration.version}, '${migration.name}')`;
  try {
    await database.exec(`begin; ${claim}; ${migration.script}; commit;`);
    return true;
  } catch (error) {
    if ((await schemaVersion(database)) >= migration.version) return false;
    throw error;
  }
}
