import { createServer } from 'node:http';
import { monitorEventLoopDelay, PerformanceObserver } from 'node:perf_hooks';
import { pino } from 'pino';
import { openFront } from '../sandbox/front-accounts.ts';
import { withSession } from '../src/cli/open-session.ts';
import { loadConfig } from '../src/config/config.ts';
import { keepHeapSmall } from '../src/core/small-heap.ts';
import { startGateway } from '../src/gateway/gateway.ts';
import { addAccount } from '../src/supplier-accounts/operations.ts';
import type { SupplierKind } from '../src/suppliers/kind.ts';
import { supplierKinds } from '../src/suppliers/kinds.ts';
import { endWithParent } from './end-with-parent.ts';

/**
 * A gateway outside of the sandbox, with accounts at Waxpeer and LIS-SKINS, and at a marketplace that can cancel. Its feeds
 * are read more often than in production, so that the run is short. Writes its URL, and one that answers how long its event
 * loop was held since it was last asked.
 */
const [listsUrl = '', marketplaceUrl = '', pauseSeconds = ''] = process.argv.slice(2);
// As `skinrail serve` does.
keepHeapSmall();
const config = loadConfig(process.env);

const cancelling: SupplierKind = {
  name: 'bench-cs2',
  games: ['730'],
  settings: [],
  create: ({ id, timeoutMs }) => ({
    ...openFront('cs2dt', { marketplaceUrl, timeoutMs, id }),
    // It sells nothing, so that the market changes by the measured lists only.
    feed: async () => ({ outcome: 'read', cursor: 'nothing', isWhole: true, listings: [], gone: [] }),
  }),
};
const kinds = [
  cancelling,
  ...supplierKinds.map(({ create, ...kind }): SupplierKind => {
    return { ...kind, create: (account) => ({ ...create(account), feedEveryMs: Number(pauseSeconds) * 1000 }) };
  }),
];

await withSession(config, async ({ deps }) => {
  const accounts = { ...deps, supplierKinds: kinds };
  const exportUrl = `${listsUrl}/market_export_json`;
  await addAccount(accounts, { kind: 'bench-cs2', id: 'bench-cs2', given: {} });
  await addAccount(accounts, { kind: 'waxpeer', id: 'waxpeer', given: { apiKey: 'a-key', baseUrl: listsUrl } });
  const given = { apiKey: 'a-key', baseUrl: listsUrl, exportUrl };
  await addAccount(accounts, { kind: 'lis-skins', id: 'lis-skins', given });
});
const gateway = await startGateway(config, pino({ level: config.logLevel }, pino.destination(2)), kinds);

const RESOLUTION_MS = 1;
const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
delay.enable();
/** Processor time of this thread between two runs of a timer: what a hold is when no other program takes the processor. */
let worked: number[] = [];
let collecting: number[] = [];
let before = threadMs();
setInterval(() => {
  const now = threadMs();
  worked.push(now - before);
  before = now;
}, RESOLUTION_MS);
new PerformanceObserver((list) => {
  for (const { duration } of list.getEntries()) collecting.push(duration);
}).observe({ entryTypes: ['gc'] });

function threadMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}

const control = createServer((_, response) => {
  const inMs = (nanoseconds: number) => Math.max(0, nanoseconds / 1e6 - RESOLUTION_MS);
  const sorted = worked.toSorted((a, b) => a - b);
  const answer = {
    heldMaxMs: inMs(delay.max),
    heldP99Ms: inMs(delay.percentile(99)),
    workedMaxMs: sorted.at(-1) ?? 0,
    workedP99Ms: sorted[Math.floor(sorted.length * 0.99)] ?? 0,
    collectedMaxMs: Math.max(0, ...collecting),
    heapMb: process.memoryUsage().heapUsed / 2 ** 20,
  };
  delay.reset();
  [worked, collecting] = [[], []];
  response.end(JSON.stringify(answer));
});
control.listen(0, '127.0.0.1', () => {
  const address = control.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  process.stdout.write(`${gateway.baseUrl} http://127.0.0.1:${port}\n`);
});
endWithParent(async () => {
  control.close();
  await gateway.stop();
});
