import { connect } from 'node:net';
import type { Answer } from './merchant.ts';

/**
 * Sends bytes exactly as they are and reads until the server closes: for requests that no HTTP client would send.
 * `text` must say `connection: close`, unless it is so wrong that the server closes by itself.
 */
export async function sendRaw(
  baseUrl: string,
  text: string | Buffer,
): Promise<Pick<Answer, 'status' | 'headers' | 'body'>> {
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
  const end = answer.indexOf('\r\n\r\n');
  const lines = answer.slice(0, end).split('\r\n').slice(1);
  const headers = new Headers(lines.map((line) => line.split(': ', 2) as [string, string])); // every header has both
  return { status, headers, body: JSON.parse(answer.slice(end + 4)) as Answer['body'] }; // the gateway's own answer, checked by each test
}
