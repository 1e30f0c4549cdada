import type { IncomingMessage } from 'node:http';

const PATH = '/socket.io/';

/** Every other wish to change the protocol is answered as the plain request that it comes with. */
export function asksForFeed({ url = '' }: IncomingMessage): boolean {
  const [path] = url.split('?', 1);
  return path === PATH;
}

/** Who called, as `request.ip` has it on the routes. Kept with the request: a closed connection forgets its address. */
export function addressOf(request: IncomingMessage, trustProxy: boolean): string {
  const known = addresses.get(request);
  if (known !== undefined) return known;
  const forwarded = trustProxy
    ? String(request.headers['x-forwarded-for'] ?? '')
        .split(',', 1)[0]
        ?.trim()
    : '';
  const address = forwarded || (request.socket.remoteAddress ?? '');
  addresses.set(request, address);
  return address;
}

const addresses = new WeakMap<IncomingMessage, string>();
