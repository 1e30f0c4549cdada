import { sql } from 'kysely';
import type { Db } from './connect.ts';

interface ColumnRow {
  table_name: string;
  line: string;
  /** How it is partitioned; null: it is not. */
  partitioned: string | null;
}

interface DefinitionRow {
  table_name: string;
  definition: string;
}

/**
 * The schema as text from the system catalogue. It is the same for both databases, so that a migration shows its effect as a
 * diff of `schema.sql`. Partitions are left out: which there are depends on the time. pg-boss has a separate schema for its tables.
 */
export async function dumpSchema(db: Db): Promise<string> {
  const [columns, constraints, indexes] = [await readColumns(db), await readConstraints(db), await readIndexes(db)];
  const tables = [...new Set(columns.map((column) => column.table_name))];
  const texts = tables.map((table) => {
    const lines = [
      ...columns.filter((row) => row.table_name === table).map((row) => row.line),
      ...constraints.filter((row) => row.table_name === table).map((row) => row.definition),
    ];
    const key = columns.find((row) => row.table_name === table)?.partitioned ?? null;
    const by = key === null ? '' : ` partition by ${key}`;
    const created = `create table ${table} (\n${lines.map((line) => `  ${line}`).join(',\n')}\n)${by};`;
    const indexed = indexes.filter((row) => row.table_name === table).map((row) => `${row.definition};`);
    return [created, ...indexed].join('\n');
  });
  return `-- Made from migrations/ by \`npm run db:dump\`; compared in CI. Do not edit.\n\n${texts.join('\n\n')}\n`;
}

async function readColumns(db: Db): Promise<ColumnRow[]> {
  const { rows } = await sql<ColumnRow>`
    select c.relname as table_name,
      a.attname || ' ' || format_type(a.atttypid, a.atttypmod)
        || case when a.attnotnull then ' not null' else '' end
        || coalesce(' default ' || pg_get_expr(d.adbin, d.adrelid), '') as line,
      case c.relkind when 'p' then pg_get_partkeydef(c.oid) end as partitioned
    from pg_class c
    join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
    where c.relkind in ('r', 'p') and not c.relispartition and c.relnamespace = 'public'::regnamespace
    order by c.relname collate "C", a.attnum`.execute(db);
  return rows;
}

/** Newer PostgreSQL versions also list not-null constraints ('n'), which the columns already show. */
async function readConstraints(db: Db): Promise<DefinitionRow[]> {
  const { rows } = await sql<DefinitionRow>`
    select c.relname as table_name, 'constraint ' || o.conname || ' ' || pg_get_constraintdef(o.oid) as definition
    from pg_constraint o
    join pg_class c on c.oid = o.conrelid
    where c.relnamespace = 'public'::regnamespace and not c.relispartition and o.contype <> 'n'
    order by c.relname collate "C", o.contype desc, o.conname collate "C"`.execute(db);
  return rows;
}

async function readIndexes(db: Db): Promise<DefinitionRow[]> {
  const { rows } = await sql<DefinitionRow>`
    select c.relname as table_name, pg_get_indexdef(i.indexrelid) as definition
    from pg_index i
    join pg_class c on c.oid = i.indrelid
    where c.relnamespace = 'public'::regnamespace and not c.relispartition
      and not exists (select 1 from pg_constraint o where o.conindid = i.indexrelid)
    order by c.relname collate "C", pg_get_indexdef(i.indexrelid) collate "C"`.execute(db);
  return rows;
}
