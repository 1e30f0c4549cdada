import { readFileSync, writeFileSync } from 'node:fs';
import { openDatabase } from '../src/db/connect.ts';
import { dumpSchema } from '../src/db/dump-schema.ts';
import { migrate } from '../src/db/migrate.ts';

/** `npm run db:dump` writes schema.sql from the migrations; `npm run db:check` fails when it is stale. */
const FILE = new URL('../schema.sql', import.meta.url);

const database = await openDatabase({});
await migrate(database);
const schema = await dumpSchema(database.db);
await database.close();

if (process.argv.includes('--write')) {
  writeFileSync(FILE, schema);
  process.stdout.write('schema.sql is written\n');
} else if (readFileSync(FILE, 'utf8') === schema) {
  process.stdout.write('schema.sql is what the migrations make\n');
} else {
  process.stderr.write('schema.sql is not what the migrations make: run `npm run db:dump` and read the diff\n');
  process.exitCode = 1;
}
