import { once } from 'node:events';
import { createReadStream, statSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import { constants, setPriority } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import { endWithParent } from './end-with-parent.ts';
import { type Edition, fileOf, type ListName } from './feeds-lists.ts';

/**
 * Serves the whole lists of LIS-SKINS and Waxpeer from files, at the speed of a network. `PUT /control/<mode>` sets what is
 * served; `GET /control` says how often each list was asked for and was sent to its end. Writes its URL.
 */
// It stands for other machines, which would take nothing of this one's cores from the gateway.
setPriority(constants.priority.PRIORITY_LOW);
const folder = process.argv[2] ?? '';
const bytesPerMs = Number(process.argv[3]) * 1000;

/** `away`: status 503. `cut`: the connection breaks in the middle. */
type Mode = Edition | 'away' | 'cut';
let mode: Mode = 'away';
const asked: Record<string, number> = {};
const ended: Record<string, number> = {};

function listOf(url: string): ListName | null {
  if (url.includes('/api_csgo_full.json')) return 'lis-skins-cs2';
  if (url.includes('/api_rust_full.json')) return 'lis-skins-rust';
  if (!url.includes('/v1/prices/snapshot')) return null;
  return url.includes('game=rust') ? 'waxpeer-rust' : 'waxpeer-cs2';
}

async function send(response: ServerResponse, list: ListName): Promise<void> {
  asked[list] = (asked[list] ?? 0) + 1;
  if (mode === 'away') {
    response.writeHead(503).end();
    ended[list] = (ended[list] ?? 0) + 1;
    return;
  }
  const file = fileOf(folder, list, mode === 'cut' ? 'old' : mode);
  const { size } = statSync(file);
  const until = mode === 'cut' ? Math.floor(size / 2) : size;
  response.writeHead(200, {
    'content-type': list.startsWith('waxpeer') ? 'text/csv' : 'application/json',
    ...(list.startsWith('waxpeer') ? {} : { 'content-encoding': 'gzip' }),
  });
  const beganAt = performance.now();
  const closed = once(response, 'close');
  let sent = 0;
  for await (const chunk of createReadStream(file, { end: until - 1 })) {
    if (response.closed) return;
    if (!response.write(chunk)) await Promise.race([once(response, 'drain'), closed]);
    sent += chunk.length;
    const early = sent / bytesPerMs - (performance.now() - beganAt);
    if (early > 1) await pause(early);
  }
  if (until < size) response.destroy();
  else response.end();
  ended[list] = (ended[list] ?? 0) + 1;
}

const server = createServer((request, response) => {
  const { url = '', method } = request;
  request.resume();
  const list = listOf(url);
  if (list !== null) void send(response, list).catch(() => response.destroy());
  else if (url.startsWith('/control')) {
    if (method === 'PUT') mode = url.slice('/control/'.length) as Mode; // the benchmark's own
    response.end(JSON.stringify({ asked, ended }));
  } else response.writeHead(404).end('{}');
});

endWithParent(async () => {
  server.closeAllConnections();
  server.close();
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  process.stdout.write(`http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}\n`);
});
