import { appendFileSync } from 'node:fs';
import { loadModule } from 'libpg-query';
import pg from 'pg';
import { unportableFile } from './database.ts';
import { unportable } from './portable-sql.ts';

/** Names one caller each: a list of other length makes another text. */
const PARAMETERS = /\$\d+(::\w+)?(, )?/g;
const STACK_MAX = 60;

/**
 * Loaded by each worker of `npm run test:portable`: reads every statement that the project's own code sends to a database, and
 * notes those that would not run on a distributed engine, for which the run fails (`global-setup.ts`). What tests
 * themselves send is theirs: they break rows in ways that nobody else may.
 */
const texts = new Set<string>();
const seen = new Set<string>();

await loadModule();
watch();

function watch(): void {
  const { prototype } = pg.Client;
  const send: unknown = Reflect.get(prototype, 'query');
  if (typeof send !== 'function' || send.name === 'watched') return;
  Reflect.set(prototype, 'query', function watched(this: pg.Client, ...given: unknown[]) {
    read(given[0]);
    return Reflect.apply(send, this, given);
  });
}

function read(query: unknown): void {
  const text = typeof query === 'string' ? query : Reflect.get(Object(query), 'text');
  if (typeof text !== 'string' || texts.has(text)) return;
  if (seen.has(text.replace(PARAMETERS, '$'))) return;
  if (!/\b(select|insert|update|delete)\b/i.test(text) || /\b(pgboss|schema_migration)\b/.test(text)) return;
  const sender = whoSends();
  if (sender === null) return;
  texts.add(text);
  seen.add(text.replace(PARAMETERS, '$'));
  for (const fault of unportable(text)) note(`${sender}: ${fault}: ${text.replace(/\s+/g, ' ')}`);
}

/** The line of the project's code that sends the statement; null: a test, or nobody knows. */
function whoSends(): string | null {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = STACK_MAX;
  const frames = new Error().stack?.split('\n') ?? [];
  Error.stackTraceLimit = stackTraceLimit;
  const own = frames.find(
    (frame) => /\/(src|sandbox|test)\//.test(frame) && !/\/src\/db\/|\/support\/portable|node_modules/.test(frame),
  );
  return own?.match(/\/((?:src|sandbox)\/[^)]*)/)?.[1] ?? null;
}

function note(fault: string): void {
  appendFileSync(unportableFile(), `${fault}\n`);
}
