import {
  type CompiledQuery,
  type DatabaseConnection,
  DummyDriver,
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
} from 'kysely';
import { insertRequest } from '../src/cancellations/store.ts';
import { recordAnswer } from '../src/cancelling/engine.ts';
import type { Tables } from '../src/db/tables.ts';
import type { Deps } from '../src/deps.ts';

/** What the floor puts into the two statements. */
export interface FloorValues {
  readonly merchantId: string;
  readonly tradeId: string;
  readonly itemId: string;
  readonly supplier: string;
  readonly actor: string;
  readonly requestId: string;
  readonly cancellationId: string;
  readonly now: Date;
  /** Until when the call to the supplier may take. */
  readonly leaseEnd: Date;
}

export interface Statement {
  readonly name: string;
  readonly text: string;
  values(given: FloorValues): unknown[];
}

const NOW = new Date('2000-01-01T00:00:00Z');
const LEASED_UNTIL = new Date('2000-01-01T00:00:07Z');
const marks = {
  merchantId: 'mark-merchant',
  tradeId: 'mark-trade',
  itemId: 'mark-item',
  supplier: 'mark-supplier',
  actor: 'mark-actor',
  requestId: 'mark-request',
} as const;
const CANCELLATION = 'mark-cancellation';

/**
 * The gateway's own two statements of an accepted cancel, taken by running its functions against a driver that only
 * listens. So the floor cannot fall behind the gateway: a third statement there, or another value, stops the benchmark.
 */
export async function gatewayStatements(): Promise<{ insertCancellation: Statement; accept: Statement }> {
  const insert = await capture('insert_cancellation', (deps) =>
    insertRequest(deps, deps.db, {
      ...marks,
      order: { purchaseId: 'mark-purchase', orderId: 'mark-order' },
      leasedUntil: LEASED_UNTIL,
    }),
  );
  const cancellation = { merchantId: marks.merchantId, id: CANCELLATION };
  const accept = await capture('accept', (deps) =>
    recordAnswer(deps, { ...cancellation, attempt: 1 }, { outcome: 'accepted' }, { firstReadMs: 0, isKept: false }),
  );
  return { insertCancellation: insert, accept };
}

async function capture(name: string, run: (deps: Deps) => Promise<unknown>): Promise<Statement> {
  const heard: CompiledQuery[] = [];
  const db = new Kysely<Tables>({
    dialect: {
      createAdapter: () => new PostgresAdapter(),
      createDriver: () => new ListeningDriver(heard),
      createIntrospector: (any) => new PostgresIntrospector(any),
      createQueryCompiler: () => new PostgresQueryCompiler(),
    },
  });
  // The two functions use no more of the gateway than this.
  const deps = {
    db,
    clock: { now: () => NOW, wait: async () => {} },
    config: { supplierTimeoutMs: 1000 },
    metrics: { cancellations: { inc: () => {} } },
  } as unknown as Deps;
  await run(deps);
  const [only] = heard;
  if (!only || heard.length > 1) throw new Error(`the gateway made ${heard.length} statements where one was expected`);
  const readers = only.parameters.map(readerOf);
  return { name, text: only.sql, values: (given) => readers.map((read) => read(given)) };
}

/** Which value belongs where a mark was. What is no mark is a constant of the gateway's, such as a state. */
function readerOf(parameter: unknown): (given: FloorValues) => unknown {
  if (parameter instanceof Date) {
    return parameter.getTime() === NOW.getTime() ? (given) => given.now : (given) => given.leaseEnd;
  }
  const mark = Object.entries(marks).find(([, text]) => text === parameter)?.[0];
  if (mark !== undefined) return (given) => Reflect.get(given, mark);
  // The request's id is either the mark or was made up by the gateway; no constant of its own looks like one.
  if (parameter === CANCELLATION || (typeof parameter === 'string' && parameter.length === 36))
    return (given) => given.cancellationId;
  return () => parameter;
}

class ListeningDriver extends DummyDriver {
  readonly #heard: CompiledQuery[];

  constructor(heard: CompiledQuery[]) {
    super();
    this.#heard = heard;
  }

  override async acquireConnection(): Promise<DatabaseConnection> {
    return {
      executeQuery: async <R>(query: CompiledQuery) => {
        this.#heard.push(query);
        // Whatever is asked for, one row came back; nobody looks at its columns.
        return { rows: [{ id: CANCELLATION, item_id: marks.itemId } as R] };
      },
      streamQuery: () => {
        throw new Error('nothing is streamed');
      },
    };
  }
}
