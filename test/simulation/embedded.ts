import { PGlite, parse, protocol, types } from '@electric-sql/pglite';
import { Kysely, PGliteDialect } from 'kysely';
import { migrate } from '../../src/db/migrate.ts';
import type { Tables } from '../../src/db/tables.ts';

export interface Rows {
  readonly rows: Record<string, unknown>[];
  readonly affected: number;
}

type Messages = Parameters<typeof parse.parseResults>[0];

interface Prepared {
  readonly name: string;
  readonly parameterTypes: readonly number[];
  /** What its rows look like: nothing, or one message. */
  readonly columns: Messages;
}

const { serialize } = protocol;

/**
 * The embedded database, spoken to without a pause: a statement is one call that returns its rows. Prepared once,
 * a statement costs a third of what PGlite's own `query` does (0.2 against 0.7 ms), and no other step can come between.
 */
export class Embedded {
  readonly #pglite: PGlite;
  readonly #prepared = new Map<string, Prepared>();
  readonly #tables: string;

  private constructor(pglite: PGlite, tables: string) {
    this.#pglite = pglite;
    this.#tables = tables;
  }

  /** A new database in memory, with the schema of the migrations. */
  static async open(): Promise<Embedded> {
    const pglite = await PGlite.create({ parsers: { [types.INT8]: (text: string) => BigInt(text) } });
    const db = new Kysely<Tables>({ dialect: new PGliteDialect({ pglite }) });
    const exec = async (script: string) => void (await pglite.exec(script));
    await migrate({ db, exec });
    // Plans are made once a story, on tables that are still empty, so that they depend on the story only.
    await pglite.exec('set plan_cache_mode = force_generic_plan; set synchronous_commit = off; set timezone = utc');
    // No operator takes part, and the audit trail cannot be emptied.
    const { rows } = await pglite.query<{ name: string }>(
      `select relname as name from pg_class where relkind in ('r', 'p') and not relispartition and relnamespace = 'public'::regnamespace
       and relname not in ('schema_migration', 'audit_entry', 'audit_head') order by relname`,
    );
    return new Embedded(pglite, rows.map(({ name }) => name).join(', '));
  }

  /** Empties every table, down to the files, and seeds `random()`: nothing is left of what was played before. */
  restart(seed: number): void {
    this.run(`truncate ${this.#tables}`);
    this.run('select setseed($1)', [((seed % 2_000_001) - 1_000_000) / 1_000_000]);
  }

  /** @throws what PostgreSQL says, with its `code` */
  run(text: string, parameters: readonly unknown[] = []): Rows {
    const { name, parameterTypes, columns } = this.#prepared.get(text) ?? this.#prepare(text);
    const values = parameters.map((value, index) => this.#serialize(value, parameterTypes[index] ?? 0));
    const messages = this.#call([serialize.bind({ statement: name, values }), serialize.execute({})]);
    const [result] = parse.parseResults([...columns, ...messages], this.#pglite.parsers, { rowMode: 'object' });
    return { rows: (result?.rows ?? []) as Record<string, unknown>[], affected: result?.affectedRows ?? 0 }; // rowMode
  }

  #prepare(text: string): Prepared {
    const name = `statement_${this.#prepared.size}`;
    const messages = this.#call([serialize.parse({ name, text }), serialize.describe({ type: 'S', name })]);
    const parameterTypes = parse.parseDescribeStatementResults(messages);
    const columns = messages.filter((message) => message.name === 'rowDescription');
    const prepared = { name, parameterTypes, columns };
    this.#prepared.set(text, prepared);
    return prepared;
  }

  #call(parts: Uint8Array[]): Messages {
    const answer = this.#pglite.execProtocolRawSync(Buffer.concat([...parts, serialize.sync()]));
    const messages: Messages = [];
    new protocol.Parser().parse(answer, (message) => messages.push(message));
    const failure = messages.find((message) => message.name === 'error');
    if (failure) throw failure;
    return messages;
  }

  #serialize(value: unknown, type: number): string | null {
    if (value === null || value === undefined) return null;
    if (typeof value === 'string') return value;
    const own = this.#pglite.serializers[type];
    return own ? own(value) : String(value);
  }
}
