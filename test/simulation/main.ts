import { parseArgs } from 'node:util';
import { PGlite, types } from '@electric-sql/pglite';
import { Kysely, PGliteDialect } from 'kysely';
import { migrate } from '../../src/db/migrate.ts';
import type { Tables } from '../../src/db/tables.ts';
import { verify } from '../../src/verify/verify.ts';
import { SIM_JOB_TABLE } from './node.ts';
import { Run } from './run.ts';

/**
 * `npm run simulate -- --seeds 1000 --from 1`: plays that many stories. A story that goes wrong prints its seed, and
 * `--seed N` plays it again: the same choices, though ids, the database's jitter and short pauses are drawn anew, so
 * that now and then it takes another turn.
 */
const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '500' },
    from: { type: 'string', default: '1' },
    seed: { type: 'string' },
  },
});

const first = Number(values.seed ?? values.from);
const count = values.seed ? 1 : Number(values.seeds);

const pglite = await PGlite.create({ parsers: { [types.INT8]: (text: string) => BigInt(text) } });
const db = new Kysely<Tables>({ dialect: new PGliteDialect({ pglite }) });
await migrate({
  kind: 'pglite',
  db,
  exec: async (script) => void (await pglite.exec(script)),
  jobs: { connectionString: '', max: 0 },
  close: () => pglite.close(),
});
await pglite.exec(SIM_JOB_TABLE);

const total = { steps: 0, kills: 0, buys: 0, cancels: 0 };
const started = performance.now();
for (let seed = first; seed < first + count; seed++) {
  try {
    const tally = await new Run(pglite, db, seed).play();
    for (const key of Object.keys(total) as (keyof typeof total)[]) total[key] += tally[key]; // the keys of a literal
  } catch (error) {
    console.error(
      `seed ${seed} went wrong: ${error instanceof Error ? error.stack : error}\nplay it again: npm run simulate -- --seed ${seed}`,
    );
    process.exit(1);
  }
}
const broken = (await verify(db, new Date('2027-01-01'))).filter((rule) => rule.broken !== null);
console.log(
  JSON.stringify({ seeds: count, ...total, seconds: Math.round((performance.now() - started) / 1000), broken }),
);
process.exit(broken.length > 0 ? 1 : 0);
