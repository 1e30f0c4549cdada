import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createServer as createTcpServer } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { createCallbackDispatcher, post, type Reply } from '../../src/callbacks/post.ts';
import { loadConfig } from '../../src/config/config.ts';
import { systemClock } from '../../src/core/clock.ts';
import { readAllowList } from '../../src/net/allow-list.ts';
import { checkedLookup } from '../../src/net/guard.ts';
import { byNameServers } from '../../src/net/resolve.ts';
import { DnsServer } from '../support/dns-server.ts';
import { SECRET_KEY } from '../support/keys.ts';

/** What callbacks never reach, looked at from the URL to the socket. Names come from a server of our own. */

let dns: DnsServer;
const resolve = byNameServers(() => dns.resolver());
const closing: { close(): unknown }[] = [];

beforeAll(async () => {
  dns = await DnsServer.start();
});
afterAll(() => dns.stop());
afterEach(async () => {
  for (const each of closing.splice(0)) await each.close();
});

/** Sends a callback as a gateway with this list would. */
async function call(url: string, allow = '', timeoutMs = 3000): Promise<Reply> {
  const callbackDispatcher = createCallbackDispatcher({ callbackAllow: allow }, resolve);
  try {
    return await post({ callbackDispatcher, clock: systemClock }, url, '{}', { timeoutMs });
  } finally {
    await callbackDispatcher.destroy();
  }
}

/** A server that counts who connects. */
async function listen(address: string, port = 0, answer: RequestListener = (_, response) => response.end('ok')) {
  let came = 0;
  const server: Server = createServer(answer).on('connection', () => {
    came++;
  });
  const { promise, resolve: done, reject } = Promise.withResolvers<void>();
  server.once('error', reject).listen(port, address, done);
  await promise;
  closing.push({
    close: () => {
      server.closeAllConnections();
      return new Promise((done) => server.close(done));
    },
  });
  // Listening on a port, so the address is an object.
  return { port: (server.address() as AddressInfo).port, came: () => came };
}

/** Two servers on one port; the port of the first can be taken at the second address by anybody. */
async function listenTwice(first: string, second: string) {
  for (;;) {
    const one = await listen(first);
    const other = await listen(second, one.port).catch(() => null);
    if (other) return [one, other] as const;
  }
}

const hostile: [url: string, reason: string][] = [
  ['https://127.0.0.1', 'address 127.0.0.1 is loopback'],
  ['https://127.255.255.254', 'is loopback'],
  ['https://127.1', 'address 127.0.0.1 is loopback'],
  ['https://2130706433', 'address 127.0.0.1 is loopback'],
  ['https://0x7f000001', 'address 127.0.0.1 is loopback'],
  ['https://0x7f.0.0.1', 'address 127.0.0.1 is loopback'],
  ['https://0177.0.0.1', 'address 127.0.0.1 is loopback'],
  ['https://017700000001', 'address 127.0.0.1 is loopback'],
  ['https://127.0.0.1.', 'address 127.0.0.1 is loopback'],
  ['https://%31%32%37.0.0.1', 'address 127.0.0.1 is loopback'],
  ['https://１２７。０。０。１', 'address 127.0.0.1 is loopback'],
  ['https://0', 'address 0.0.0.0 is unspecified'],
  ['https://0.1.2.3', 'is unspecified'],
  ['https://10.0.0.1', 'is private'],
  ['https://10.255.255.255', 'is private'],
  ['https://172.16.0.1', 'is private'],
  ['https://172.31.255.255', 'is private'],
  ['https://192.168.1.1', 'is private'],
  ['https://0xc0a80101', 'address 192.168.1.1 is private'],
  ['https://169.254.169.254/latest/meta-data/', 'is for metadata'],
  ['https://2852039166', 'address 169.254.169.254 is for metadata'],
  ['https://100.100.100.200', 'is for metadata'],
  ['https://168.63.129.16', 'is for metadata'],
  ['https://169.254.170.2', 'is link-local'],
  ['https://100.64.0.1', 'is shared by a carrier'],
  ['https://100.127.255.255', 'is shared by a carrier'],
  ['https://192.0.0.192', 'is for protocols'],
  ['https://192.0.2.7', 'is for documentation'],
  ['https://198.51.100.7', 'is for documentation'],
  ['https://203.0.113.7', 'is for documentation'],
  ['https://198.19.0.1', 'is for benchmarks'],
  ['https://192.88.99.1', 'is a tunnel'],
  ['https://224.0.0.1', 'is multicast'],
  ['https://239.255.255.250', 'is multicast'],
  ['https://240.0.0.1', 'is reserved'],
  ['https://255.255.255.255', 'is broadcast'],
  ['https://[::1]', 'is loopback'],
  ['https://[0:0:0:0:0:0:0:1]', 'address ::1 is loopback'],
  ['https://[::]', 'is unspecified'],
  ['https://[fe80::1]', 'is link-local'],
  ['https://[febf::1]', 'is link-local'],
  ['https://[fec0::1]', 'is private'],
  ['https://[fc00::1]', 'is unique-local'],
  ['https://[fdff:ffff::1]', 'is unique-local'],
  ['https://[fd00:ec2::254]', 'is for metadata'],
  ['https://[fd20:ce::254]', 'is for metadata'],
  ['https://[ff02::1]', 'is multicast'],
  ['https://[2001:db8::1]', 'is for documentation'],
  ['https://[3fff::1]', 'is for documentation'],
  ['https://[::ffff:127.0.0.1]', 'is loopback'],
  ['https://[::ffff:a9fe:a9fe]', 'is for metadata'],
  ['https://[::ffff:10.0.0.1]', 'is private'],
  ['https://[::127.0.0.1]', 'is reserved'],
  ['https://[::ffff:0:127.0.0.1]', 'is reserved'],
  ['https://[64:ff9b::127.0.0.1]', 'is loopback'],
  ['https://[64:ff9b::a9fe:a9fe]', 'is for metadata'],
  ['https://[64:ff9b:1::10.0.0.1]', 'is reserved'],
  ['https://[2002:7f00:1::]', 'is a tunnel'],
  ['https://[2002:a00:1::1]', 'is a tunnel'],
  ['https://[2001:0:4136:e378:8000:63bf:3fff:fdd2]', 'is a tunnel'],
  ['https://[100::1]', 'is reserved'],
  ['https://[5f00::1]', 'is reserved'],
  ['http://93.184.215.14', 'plain http to 93.184.215.14 is not allowed; use https'],
  ['http://shop.example', 'plain http to shop.example is not allowed; use https'],
  ['http://127.0.0.1', 'address 127.0.0.1 is loopback and not allowed'],
  ['ftp://shop.example', 'Invalid URL'],
  ['file:///etc/passwd', 'Invalid URL'],
];

describe('a callback is never sent to', () => {
  test.each(hostile)('%s: %s', async (url, reason) => {
    const { status, failure } = await call(url);
    expect(status).toBeNull();
    expect(failure).toContain(reason);
  });

  test('this machine, although somebody listens there', async () => {
    const { port, came } = await listen('127.0.0.1');
    for (const host of ['127.0.0.1', '127.1', '2130706433', '[::ffff:127.0.0.1]', 'localhost', 'localhost.']) {
      expect((await call(`http://${host}:${port}/`)).status).toBeNull();
      expect((await call(`https://${host}:${port}/`)).status).toBeNull();
    }
    expect(came()).toBe(0);
  });

  test.each([
    ['a name of this machine', ['127.0.0.1'], 'an address of inside.example is loopback and not allowed'],
    ['a name of a metadata service', ['169.254.169.254'], 'an address of inside.example is for metadata'],
    ['a name inside IPv6', ['0:0:0:0:0:0:0:1'], 'an address of inside.example is loopback'],
    ['a name with a mapped address', ['0:0:0:0:0:ffff:a00:1'], 'of inside.example is private'],
    ['a name with a NAT64 address', ['64:ff9b:0:0:0:0:c0a8:1'], 'of inside.example is private'],
    [
      'a name with a public and a private address',
      ['93.184.215.14', '10.0.0.1'],
      'an address of inside.example is private',
    ],
    [
      'a name with a private and a public address',
      ['10.0.0.1', '93.184.215.14'],
      'an address of inside.example is private',
    ],
    ['a name that is public over IPv4 only', ['93.184.215.14', 'fd00:0:0:0:0:0:0:1'], 'is unique-local'],
  ])('%s', async (_title, addresses, reason) => {
    dns.names.set('inside.example', [addresses]);
    const { status, failure } = await call('https://inside.example/');
    expect(status).toBeNull();
    expect(failure).toContain(reason);
    expect((await call('https://inside.example./')).failure).toContain('and not allowed');
    expect((await call('https://INSIDE.example/')).failure).toContain('and not allowed');
  });

  test('a name that is not there', async () => {
    expect((await call('https://nowhere.example/')).failure).toBe('nowhere.example has no address (ENOTFOUND)');
  });
});

describe('a name that changes its address', () => {
  /** As `net.connect` asks for it. */
  function lookUp(host: string): Promise<unknown> {
    return new Promise((done, fail) => {
      const lookup = checkedLookup(readAllowList(''), resolve);
      lookup(host, { all: true }, (error, addresses) => (error ? fail(error) : done(addresses)));
    });
  }

  test('is checked at each connection: public at first, then refused', async () => {
    dns.names.set('rebinds.example', [['93.184.215.14'], ['127.0.0.1'], ['169.254.169.254']]);
    expect(await lookUp('rebinds.example')).toEqual([{ address: '93.184.215.14', family: 4 }]);
    await expect(lookUp('rebinds.example')).rejects.toThrow('an address of rebinds.example is loopback');
    await expect(lookUp('rebinds.example')).rejects.toThrow('an address of rebinds.example is for metadata');
  });

  test('reaches only the address that was checked, and is asked for once a connection', async () => {
    // 127.0.0.2 stands for the open internet here, since the list allows it.
    const [outside, inside] = await listenTwice('127.0.0.2', '127.0.0.1');
    dns.names.set('turns.example', [['127.0.0.2'], ['127.0.0.1']]);
    const before = dns.asked.get('turns.example') ?? 0;
    const dispatcher = createCallbackDispatcher({ callbackAllow: '127.0.0.2' }, resolve);
    const url = `https://turns.example:${outside.port}/`;
    const first = await post({ callbackDispatcher: dispatcher, clock: systemClock }, url, '{}', { timeoutMs: 3000 });
    // It came to the server that speaks no TLS.
    expect(first.failure).toMatch(/SSL|packet|version/i);
    expect((dns.asked.get('turns.example') ?? 0) - before).toBe(1);
    const second = await post({ callbackDispatcher: dispatcher, clock: systemClock }, url, '{}', { timeoutMs: 3000 });
    expect(second.failure).toBe('an address of turns.example is loopback and not allowed');
    await dispatcher.destroy();
    expect([outside.came(), inside.came()]).toEqual([1, 0]);
  });
});

describe('what an operator allows', () => {
  test.each([
    ['an address', '127.0.0.1'],
    ['a range', '127.0.0.0/8'],
    ['a range among others', ' shop.internal ,10.0.0.0/8, 127.0.0.0/30,'],
  ])('%s can be called, over plain http too', async (_title, allow) => {
    const { port } = await listen('127.0.0.1');
    expect(await call(`http://127.0.0.1:${port}/`, allow)).toMatchObject({ status: 200, response: 'ok' });
    expect((await call(`http://[::ffff:127.0.0.1]:${port}/`, allow)).failure ?? '').not.toContain('not allowed');
  });

  test('a host can be called by this name, not by its address or another name', async () => {
    const { port, came } = await listen('127.0.0.1');
    expect(await call(`http://localhost:${port}/`, 'localhost')).toMatchObject({ status: 200 });
    expect(await call(`http://LOCALHOST:${port}/`, 'LocalHost')).toMatchObject({ status: 200 });
    expect((await call(`http://127.0.0.1:${port}/`, 'localhost')).failure).toContain('is loopback');
    expect((await call(`http://sub.localhost:${port}/`, 'localhost')).failure).toContain('not allowed');
    expect(came()).toBe(2);
  });

  test('a host’s name does not open what can hold a machine’s credentials', () => {
    const list = readAllowList('shop.internal');
    for (const address of ['10.0.0.1', '192.168.0.1', '127.0.0.1', 'fd00::1', '100.64.0.1']) {
      expect(list.hasAddress('shop.internal.', address), address).toBe(true);
      expect(list.hasAddress('other.internal', address), address).toBe(false);
    }
    for (const address of ['169.254.169.254', '169.254.1.1', '100.100.100.200', 'fe80::1', '0.0.0.0', '224.0.0.1']) {
      expect(list.hasAddress('shop.internal', address), address).toBe(false);
      expect(readAllowList(`shop.internal,${address}`).hasAddress('shop.internal', address), address).toBe(true);
    }
  });

  test('a range opens no other, and a name in it still has to be https', async () => {
    dns.names.set('shop.lan.example', [['127.0.0.1']]);
    dns.names.set('other.lan.example', [['10.0.0.1']]);
    expect((await call('http://shop.lan.example/', '127.0.0.0/8')).failure).toContain('use https');
    expect((await call('https://shop.lan.example:9/', '127.0.0.0/8')).failure).toContain('ECONNREFUSED');
    expect((await call('https://other.lan.example/', '127.0.0.0/8')).failure).toContain('is private');
  });

  test('nothing, unless the settings name it; the sandbox is different', async () => {
    const { port, came } = await listen('127.0.0.1');
    const { callbackAllow } = loadConfig({ SANDBOX: 'off', SECRET_KEY });
    expect((await call(`https://127.0.0.1:${port}/`, callbackAllow)).failure).toContain('is loopback and not allowed');
    expect(came()).toBe(0);
    expect(await call(`http://127.0.0.1:${port}/`, loadConfig({}).callbackAllow)).toMatchObject({ status: 200 });
  });

  test('everything, in the sandbox', async () => {
    const { port } = await listen('127.0.0.1');
    expect(await call(`http://127.0.0.1:${port}/`, '*')).toMatchObject({ status: 200 });
    expect(await call(`http://localhost:${port}/`, '*')).toMatchObject({ status: 200 });
  });
});

describe('a receiver that means harm', () => {
  const allow = '127.0.0.1';

  test('cannot send the gateway elsewhere', async () => {
    const inside = await listen('127.0.0.1');
    for (const status of [301, 302, 303, 307, 308]) {
      const { port } = await listen('127.0.0.1', 0, (_, response) =>
        response.writeHead(status, { location: `http://127.0.0.1:${inside.port}/` }).end(),
      );
      expect(await call(`http://127.0.0.1:${port}/`, allow)).toMatchObject({ status, failure: null });
    }
    expect(inside.came()).toBe(0);
  });

  /** Begins to answer, and goes on byte by byte without end. */
  async function drips(begin: string): Promise<string> {
    const server = createTcpServer((socket) => {
      socket.write(begin);
      const drip = setInterval(() => socket.write('y'), 20);
      socket.on('error', () => {}).on('close', () => clearInterval(drip));
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    closing.push(server);
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`; // as above
  }

  test('cannot hold an attempt beyond its limit by dripping: it never ends its headers', async () => {
    const { status, failure, durationMs } = await call(await drips('HTTP/1.1 200 OK\r\nx-'), allow, 400);
    expect({ status, failure }).toEqual({ status: null, failure: 'The operation was aborted due to timeout' });
    expect(durationMs).toBeGreaterThanOrEqual(395);
    expect(durationMs).toBeLessThan(3000);
  });

  test('cannot hold an attempt for long by dripping its answer, whose status is known', async () => {
    const url = await drips('HTTP/1.1 200 OK\r\ncontent-length: 4000\r\n\r\n');
    const { status, failure, durationMs } = await call(url, allow, 15_000);
    expect({ status, failure }).toEqual({ status: 200, failure: null });
    expect(durationMs).toBeLessThan(5000);
  });

  test('cannot fill the gateway’s memory: not by headers', async () => {
    const sending = (bytes: number) =>
      listen('127.0.0.1', 0, (_, response) => response.writeHead(200, { 'x-large': 'x'.repeat(bytes) }).end());
    const [large, tooLarge] = [await sending(200_000), await sending(300_000)];
    expect(await call(`http://127.0.0.1:${large.port}/`, allow)).toMatchObject({ status: 200, failure: null });
    expect(await call(`http://127.0.0.1:${tooLarge.port}/`, allow)).toMatchObject({
      status: null,
      failure: expect.stringContaining('Header overflow'),
    });
  });

  test('cannot fill the gateway’s memory: not by an answer without end', async () => {
    const { port } = await listen('127.0.0.1', 0, (_, response) => {
      const more = () => {
        while (response.write('z'.repeat(16_384)));
      };
      response.on('drain', more).on('error', () => {});
      more();
    });
    const reply = await call(`http://127.0.0.1:${port}/`, allow);
    expect(reply.status).toBe(200);
    expect(reply.response).toBe('z'.repeat(4096));
  });

  test('cannot have text kept that is long or cannot be stored', async () => {
    const server = createTcpServer((socket) => {
      socket.on('error', () => {}).end(`HTTP/1.1 200 \0\r\n${'\0'.repeat(2000)}\r\n\r\n`);
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    closing.push(server);
    const { failure } = await call(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`, allow);
    expect(failure).not.toMatch(/\p{Cc}/u);
    expect(failure?.length).toBeGreaterThan(0);
    expect(failure?.length).toBeLessThanOrEqual(300);
  });
});
