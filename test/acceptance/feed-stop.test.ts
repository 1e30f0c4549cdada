import { rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { pino } from 'pino';
import { afterEach, expect, test } from 'vitest';
import { withSession } from '../../src/cli/open-session.ts';
import { loadConfig } from '../../src/config/config.ts';
import { startGateway } from '../../src/gateway/gateway.ts';
import { addAccount } from '../../src/supplier-accounts/operations.ts';
import { supplierKinds } from '../../src/suppliers/kinds.ts';
import { createDataFolder } from '../support/data-folder.ts';
import { SECRET_KEY } from '../support/keys.ts';

/** Far less than the five minutes that an adapter waits for a list, and enough for a busy machine to close a database. */
const STOP_MAX_MS = 60_000;

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

/** Sends the beginning of a list, then a little of it four times a second, and never its end. */
async function slowMarketplace() {
  const reading = new Set<string>();
  const closed: string[] = [];
  const server = createServer(async ({ url = '' }, response) => {
    const isPriceList = url.includes('api_csgo_full');
    if (!isPriceList && !url.includes('snapshot')) return void response.writeHead(404).end();
    const list = isPriceList ? '{"status":"success","items":[' : 'item_id,name,price,auto\n';
    response.once('close', () => closed.push(isPriceList ? 'lis-skins' : 'waxpeer'));
    response.write(isPriceList ? gzipSync(list) : list);
    reading.add(isPriceList ? 'lis-skins' : 'waxpeer');
    for (let row = 0; !response.closed; row++) {
      response.write(isPriceList ? gzipSync(' '.repeat(row)) : `${row + 1},Rock,5,true\n`);
      await pause(250);
    }
  });
  server.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  ends.push(() => server.close());
  ends.push(() => server.closeAllConnections());
  const { port } = server.address() as AddressInfo; // it listens on a port
  return { url: `http://127.0.0.1:${port}`, reading, closed };
}

test('a gateway stops at once while it reads a list that takes minutes, and another one waits for its turn', async () => {
  const marketplace = await slowMarketplace();
  const dataDir = createDataFolder();
  ends.push(() => rmSync(dataDir, { recursive: true, force: true }));
  const config = loadConfig({ PORT: '0', DATA_DIR: dataDir, SANDBOX: 'off', SECRET_KEY });
  const { url } = marketplace;
  await withSession(config, async ({ deps }) => {
    const given = { apiKey: 'a-key', games: '730', baseUrl: url };
    await addAccount({ ...deps, supplierKinds }, { kind: 'waxpeer', id: 'waxpeer', given });
    await addAccount(
      { ...deps, supplierKinds },
      { kind: 'lis-skins', id: 'lis-skins', given: { ...given, exportUrl: url } },
    );
  });
  const gateway = await startGateway(config, pino({ level: 'silent' }));
  const stops = ends.push(() => gateway.stop()) - 1;
  expect(gateway.isWorking()).toBe(true);
  const [list = 'none', ...others] = marketplace.reading;
  expect(others).toEqual([]);
  expect(marketplace.closed).toEqual([]);

  ends.splice(stops, 1);
  const began = performance.now();
  expect(await gateway.stop(), 'no phase of the stop was cut off').toBe(true);
  expect(performance.now() - began).toBeLessThan(STOP_MAX_MS);
  await expect.poll(() => marketplace.closed).toEqual([list]);
  expect([...marketplace.reading], 'the one that waited was not asked for').toEqual([list]);
});
