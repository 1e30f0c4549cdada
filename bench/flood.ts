import { connect, type Socket } from 'node:net';
import { loadavg } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { request } from 'undici';
import { Child } from './child.ts';
import type { Cleanup } from './cleanup.ts';
import { startGateway } from './gateway.ts';
import { residentMb, untilCalm } from './machine.ts';
import { quantile } from './numbers.ts';
import { makePlace } from './places.ts';
import { processorMs } from './processor.ts';

const HEALTH_P100_MAX_MS = 1000;
const OPEN_MAX_MS = 10_000;
const ASK_EVERY_MS = 20;
/** A text frame masked with zeros: "40", which opens Socket.IO's default namespace. */
const HELLO = Buffer.from([0x81, 0x82, 0, 0, 0, 0, 0x34, 0x30]);

const usage = `npm run bench -- flood [--sockets <n>] [--megabytes <n>]

  --sockets <n>     WebSockets that are opened without a key (25)
  --megabytes <n>   of repeated hellos, over all of them (9.8)
`;

interface Options {
  readonly sockets: number;
  readonly megabytes: number;
}

/**
 * What it costs a node when strangers repeat the hello of the live feed, and how long others wait meanwhile.
 * @returns the exit code; a missed bar does not change it
 */
export async function benchFlood(args: readonly string[], cleanup: Cleanup): Promise<number> {
  const options = read(args);
  if (options === null) {
    process.stderr.write(usage);
    return 2;
  }
  const place = await makePlace('flood', process.env['DATABASE_URL'] ?? '', cleanup);
  const { line: supplierUrl } = await Child.start({ script: './market-supplier.ts', args: ['100', '0'] }, cleanup);
  const { child, baseUrl } = await startGateway(place, supplierUrl, [], cleanup);
  await untilCalm(child.pid);
  const strangers = await Promise.all(Array.from({ length: options.sockets }, () => openSocket(baseUrl)));
  const before = processorMs(child.pid) ?? 0;
  const waits = await flood(baseUrl, strangers, options);
  await untilCalm(child.pid);
  const seconds = ((processorMs(child.pid) ?? 0) - before) / 1000;
  const longest = quantile(waits, 1);
  process.stdout.write(
    [
      `${options.sockets} sockets, ${options.megabytes} MB of hellos, load average ${loadavg()[0]?.toFixed(1)}`,
      `  CPU of the gateway ${seconds.toFixed(1)} s, its memory afterwards ${Math.round(residentMb(child.pid))} MB`,
      `  /health ${waits.length} times  p50 ${quantile(waits, 0.5).toFixed(1)} ms  longest ${longest.toFixed(0)} ms`,
      `${longest < HEALTH_P100_MAX_MS ? 'PASS' : 'MISS'}  nobody else waits for a second\n`,
    ].join('\n'),
  );
  await child.stop();
  return 0;
}

function read(args: readonly string[]): Options | null {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: { sockets: { type: 'string', default: '25' }, megabytes: { type: 'string', default: '9.8' } },
    });
    const [sockets, megabytes] = [Number(values.sockets), Number(values.megabytes)];
    return Number.isInteger(sockets) && sockets > 0 && megabytes > 0 ? { sockets, megabytes } : null;
  } catch {
    return null;
  }
}

/** @returns how long `/health` took, each time that it was asked until all strangers had sent everything or were cut off */
async function flood(baseUrl: string, strangers: readonly Socket[], { sockets, megabytes }: Options) {
  const waits: number[] = [];
  const hellos = Math.ceil((megabytes * 1e6) / sockets / HELLO.length);
  let isOver = false;
  const all = Promise.all(strangers.map((socket) => sendAll(socket, Buffer.alloc(hellos * HELLO.length, HELLO))));
  void all.then(() => {
    isOver = true;
  });
  do {
    const asked = performance.now();
    const { body } = await request(`${baseUrl}/health`, { headersTimeout: 120_000 });
    await body.dump();
    waits.push(performance.now() - asked);
    await pause(ASK_EVERY_MS);
  } while (!isOver);
  return waits;
}

async function openSocket(baseUrl: string): Promise<Socket> {
  const { hostname, port } = new URL(baseUrl);
  const socket = connect(Number(port), hostname);
  socket.on('error', () => {}); // it may be cut off
  const head = `connection: Upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\nsec-websocket-key: ${'A'.repeat(22)}==`;
  socket.write(`GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nhost: ${hostname}\r\n${head}\r\n\r\n`);
  const opened = new Promise<'open'>((resolve) => socket.once('data', () => resolve('open')));
  const result = await Promise.race([opened, pause(OPEN_MAX_MS, 'late' as const, { ref: false })]);
  if (result === 'late') throw new Error('the gateway opened no WebSocket in time');
  socket.resume();
  return socket;
}

/** Resolves when everything is sent and the gateway has ended the connection, or when it was cut off before. */
async function sendAll(socket: Socket, bytes: Buffer): Promise<void> {
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  socket.write(bytes);
  await Promise.race([closed, pause(120_000, undefined, { ref: false })]);
}
