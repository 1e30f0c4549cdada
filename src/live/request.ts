import type { IncomingMessage } from 'node:http';

const PATH = '/socket.io/';

/** Every other request to change the protocol is answered as the plain request that it comes with. */
export function asksForFeed({ url = '' }: IncomingMessage): boolean {
  const [path] = url.split('?', 1);
  return path === PATH;
}
