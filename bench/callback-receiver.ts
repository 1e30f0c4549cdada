import { createServer } from 'node:http';
import { endWithParent } from './end-with-parent.ts';

/**
 * Merchants' callback endpoints as a process of their own: one that takes everything at once, and one, on another
 * port, that never answers. Writes their URLs. `GET /count` tells how many came, `GET /times` when each did.
 */
let arrivals: [id: string, atMs: number][] = [];

const fast = createServer((request, response) => {
  if (request.url === '/count') response.end(String(arrivals.length));
  else if (request.url === '/times') {
    response.end(JSON.stringify(arrivals));
    arrivals = [];
  } else {
    request.resume().on('end', () => {
      arrivals.push([idOf(request.headers['x-assetpay-signature']), performance.timeOrigin + performance.now()]);
      response.writeHead(200).end();
    });
  }
});
const silent = createServer((request) => void request.resume());

const urls = [await listen(fast), await listen(silent)];
endWithParent(async () => {
  for (const server of [fast, silent]) {
    server.closeAllConnections();
    server.close();
  }
});
process.stdout.write(`${urls.join(' ')}\n`);

function idOf(signature: string | string[] | undefined): string {
  return /,id=([^,]+)/.exec(String(signature))?.[1] ?? '';
}

function listen(server: typeof fast): Promise<string> {
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      resolve(`http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`);
    });
  });
}
