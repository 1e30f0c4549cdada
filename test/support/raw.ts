import { connect } from 'node:net';
import type { Answer } from './merchant.ts';

/**
 * Sends bytes exactly as they are and reads until the server closes: for requests that no HTTP client would send.
 * `text` must say `connection: close`, unless it is so wrong that the server closes by itself.
 */
export async function sendRaw(baseUrl: string, text: string | Buffer): Promise<Pick<Answer, 'status' | 'body'>> {
  const { hostname, port } = new URL(baseUrl);
  const answer = await new Promise<string>((resolve, reject) => {
    const chunks: Buffer[] = [];
    const socket = connect(Number(port), hostname, () => socket.write(text));
    socket.on('data', (chunk: Buffer) => chunks.push(chunk));
    socket.on('close', () => resolve(Buffer.concat(chunks).toString('utf8')));
    // A server that answers before it has read everything may reset the connection; its answer counts.
    socket.on('error', (error) => (chunks.length > 0 ? socket.destroy() : reject(error)));
    socket.setTimeout(10_000, () => socket.destroy(new Error('no answer within ten seconds')));
  });
  const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1]);
  const body = answer.slice(answer.indexOf('\r\n\r\n') + 4);
  return { status, body: JSON.parse(body) as Answer['body'] }; // the gateway's own answer, checked by each test
}
