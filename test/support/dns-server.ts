import { createSocket, type Socket } from 'node:dgram';
import { Resolver } from 'node:dns/promises';
import { once } from 'node:events';
import { isIP } from 'node:net';

const TYPE_A = 1;
const TYPE_AAAA = 28;
const NAME_UNKNOWN = 3;
const HEADER_BYTES = 12;

/**
 * A name server of the test's own, over UDP: `names` says what each question is answered with, the last answer for
 * ever. A name that is not there does not exist.
 */
export class DnsServer {
  /** For each name its answers, in turn, to questions for A; AAAA is answered from the same turn. */
  readonly names = new Map<string, string[][]>();
  /** How often each name was asked for its IPv4 addresses. */
  readonly asked = new Map<string, number>();
  readonly #socket: Socket;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('message', (question, { port, address }) => socket.send(this.#answer(question), port, address));
  }

  static async start(): Promise<DnsServer> {
    const socket = createSocket('udp4');
    socket.bind(0, '127.0.0.1');
    await once(socket, 'listening');
    return new DnsServer(socket);
  }

  /** A real resolver that asks this server. */
  resolver(): Resolver {
    const resolver = new Resolver({ timeout: 1000, tries: 2 });
    resolver.setServers([`127.0.0.1:${this.#socket.address().port}`]);
    return resolver;
  }

  stop(): void {
    this.#socket.close();
  }

  #answer(question: Buffer): Buffer {
    const { name, end } = readName(question);
    const type = question.readUInt16BE(end);
    const addresses = this.#addressesOf(name, type);
    const family = type === TYPE_A ? 4 : type === TYPE_AAAA ? 6 : 0;
    const records = (addresses ?? []).filter((address) => isIP(address) === family);
    const header = Buffer.alloc(HEADER_BYTES);
    question.copy(header, 0, 0, 2);
    header.writeUInt16BE(addresses ? 0x8180 : 0x8180 | NAME_UNKNOWN, 2);
    header.writeUInt16BE(1, 4);
    header.writeUInt16BE(records.length, 6);
    return Buffer.concat([
      header,
      question.subarray(HEADER_BYTES, end + 4),
      ...records.map((each) => record(type, each)),
    ]);
  }

  #addressesOf(name: string, type: number): string[] | undefined {
    const asked = this.asked.get(name) ?? 0;
    if (type === TYPE_A) this.asked.set(name, asked + 1);
    const turns = this.names.get(name);
    return turns?.[Math.min(asked, turns.length - 1)];
  }
}

function readName(question: Buffer): { name: string; end: number } {
  const labels: string[] = [];
  let at = HEADER_BYTES;
  for (let length = question[at] ?? 0; length > 0; length = question[at] ?? 0) {
    labels.push(question.toString('latin1', at + 1, at + 1 + length));
    at += length + 1;
  }
  return { name: labels.join('.').toLowerCase(), end: at + 1 };
}

function record(type: number, address: string): Buffer {
  const bytes = type === TYPE_A ? Buffer.from(address.split('.').map(Number)) : ipv6Bytes(address);
  const head = Buffer.alloc(12);
  head.writeUInt16BE(0xc00c, 0); // the name of the question
  head.writeUInt16BE(type, 2);
  head.writeUInt16BE(1, 4);
  head.writeUInt32BE(0, 6); // not to be remembered
  head.writeUInt16BE(bytes.length, 10);
  return Buffer.concat([head, bytes]);
}

/** Of an address that is written with all of its eight groups. */
function ipv6Bytes(address: string): Buffer {
  return Buffer.from(
    address
      .split(':')
      .map((group) => group.padStart(4, '0'))
      .join(''),
    'hex',
  );
}
