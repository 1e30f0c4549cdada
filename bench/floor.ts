import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import pg from 'pg';
import { openFront } from '../sandbox/front-accounts.ts';
import { later } from '../src/core/clock.ts';
import { newId, newRequestId } from '../src/core/ids.ts';
import { createPglite } from '../src/db/embedded.ts';
import { EmbeddedPool } from '../src/db/embedded-pool.ts';
import { Grouped } from '../src/work/grouped.ts';
import { endWithParent } from './end-with-parent.ts';
import {
  acceptValues,
  columns,
  type FloorValues,
  insertValues,
  many,
  one,
  type Statement,
} from './floor-statements.ts';
import { embeddedDir, POOL_MAX } from './places.ts';
import { SUPPLIER } from './stock.ts';

/**
 * The floor: what an accepted cancel costs at the least. A bare `node:http` handler with the gateway's two statements,
 * the same driver and the same calls to the supplier, and nothing else: it is told in the path what the gateway looks
 * up and checks. Writes its URL. The batched floor sends the statements of cancels that wait at the same time together, as
 * the gateway does.
 */
const [marketplaceUrl = '', databaseUrl = '', dataDir = '', form = ''] = process.argv.slice(2);
const SUPPLIER_TIMEOUT_MS = 2000;

const database = await openDriver();
const supplier = openFront(SUPPLIER, { marketplaceUrl, timeoutMs: SUPPLIER_TIMEOUT_MS });
const ability = supplier.cancel;
if (!ability) throw new Error('the supplier cannot cancel');
const cancelAtSupplier = ability.request;

/** The driver itself, with no query builder in front of it. */
async function openDriver() {
  if (databaseUrl) {
    const pool = new pg.Pool({ connectionString: databaseUrl, max: POOL_MAX });
    return {
      rows: async ({ name, text }: Statement, values: unknown[]) => {
        // With a name, the server parses and plans it once a connection.
        const { rows } = await pool.query(form !== 'plain' ? { name, text, values } : { text, values });
        return rows.length;
      },
      close: () => pool.end(),
    };
  }
  const pglite = await createPglite({ dataDir: embeddedDir(dataDir) });
  if (form === 'plain') {
    return {
      rows: async ({ text }: Statement, values: unknown[]) => (await pglite.query(text, values)).rows.length,
      close: () => pglite.close(),
    };
  }
  const pool = new EmbeddedPool(pglite);
  return {
    rows: async ({ text }: Statement, values: unknown[]) => {
      const client = await pool.connect();
      try {
        return (await client.query(text, values)).rows.length;
      } finally {
        client.release();
      }
    },
    close: () => pool.end(),
  };
}

type Write = (given: FloorValues) => Promise<boolean>;

/** One row was written, or an error. */
const { insert, accept }: Record<'insert' | 'accept', Write> =
  form === 'batched'
    ? { insert: together(many.insert, insertValues), accept: together(many.accept, acceptValues) }
    : { insert: alone(one.insert, insertValues), accept: alone(one.accept, acceptValues) };

function alone(statement: Statement, valuesOf: (given: FloorValues) => unknown[]): Write {
  return async (given) => (await database.rows(statement, valuesOf(given))) === 1;
}

function together(statement: Statement, valuesOf: (given: FloorValues) => unknown[]): Write {
  const grouped = new Grouped<FloorValues, boolean>({
    run: async (all) => {
      const written = await database.rows(statement, columns(all.map(valuesOf)));
      return all.map(() => written === all.length);
    },
    keyOf: ({ cancellationId }) => cancellationId,
  });
  return (given) => grouped.call(given);
}

async function cancel(url: string): Promise<string> {
  const [, merchantId = '', tradeId = '', itemId = '', listingId = '', reference = '', orderId = ''] = url.split('/');
  const now = new Date();
  const requestId = newRequestId();
  const leaseEnd = later(now, SUPPLIER_TIMEOUT_MS);
  const actor = 'merchant:floor';
  const given = {
    merchantId,
    tradeId,
    itemId,
    supplier: SUPPLIER,
    actor,
    requestId,
    cancellationId: newId(now),
    leaseEnd,
  };
  const recorded = await insert({ ...given, now });
  const answer = await cancelAtSupplier({ reference, orderId });
  const written = await accept({ ...given, now: new Date() });
  if (!recorded || !written || answer.outcome !== 'accepted')
    throw new Error(`not cancelled: ${recorded} recorded, ${written} accepted, supplier: ${answer.outcome}`);
  const data = { tradeId, itemId: listingId, status: 'cancelled' };
  return JSON.stringify({ requestId, success: true, data });
}

function answer(response: ServerResponse, status: number, body: string): void {
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) });
  response.end(body);
}

const server = createServer((request: IncomingMessage, response: ServerResponse) => {
  cancel(request.url ?? '').then(
    (body) => answer(response, 200, body),
    (error) => answer(response, 500, JSON.stringify({ error: String(error) })),
  );
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  process.stdout.write(`http://127.0.0.1:${port}\n`);
});

endWithParent(async () => {
  server.close();
  server.closeAllConnections();
  await supplier.close();
  await database.close();
});
