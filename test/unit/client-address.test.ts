import { describe, expect, test } from 'vitest';
import { limitedNetwork, readAddress } from '../../src/net/addresses.ts';
import { ClientAddresses } from '../../src/net/client-address.ts';

/** What a gateway with this setting takes for the caller's address. */
function caller(setting: string, peer: string | undefined, forwarded?: string): string {
  const headers = forwarded === undefined ? {} : { 'x-forwarded-for': forwarded };
  return new ClientAddresses(setting).of({ socket: { remoteAddress: peer }, headers });
}

describe('an address is read', () => {
  test.each([
    ['203.0.113.7', '203.0.113.7'],
    [' 203.0.113.7 ', '203.0.113.7'],
    ['203.0.113.7:51008', '203.0.113.7'],
    ['2001:DB8::1', '2001:db8::1'],
    ['2001:0db8:0:0:0:0:0:1', '2001:db8::1'],
    ['[2001:db8::1]', '2001:db8::1'],
    ['[2001:db8::1]:443', '2001:db8::1'],
    ['::ffff:203.0.113.7', '203.0.113.7'],
    ['::FFFF:CB00:7107', '203.0.113.7'],
    ['[::ffff:203.0.113.7]:443', '203.0.113.7'],
    ['fe80::1%eth0', 'fe80::1'],
    ['::1', '::1'],
  ])('%s', (text, address) => {
    expect(readAddress(text)).toBe(address);
  });

  test.each([
    '',
    ' ',
    'unknown',
    '_hidden',
    '203.0.113',
    '203.000.113.007',
    '203.0.113.256',
    '203.0.113.7:',
    '203.0.113.7:port',
    '203.0.113.7:1234567',
    '203.0.113.7/32',
    '[203.0.113.7]:80',
    '[2001:db8::1',
    '[]',
    '2001:db8::1::2',
    '"203.0.113.7"',
    'for=203.0.113.7',
    'shop.example',
    '0x7f000001',
    '2130706433',
    `${'1'.repeat(200)}`,
  ])('"%s" is none', (text) => {
    expect(readAddress(text)).toBeNull();
  });
});

describe('without a proxy that I trust', () => {
  test.each(['off', 'false', 'no', '0', 'Off', ''])('TRUST_PROXY=%s: only the connection says who calls', (setting) => {
    expect(caller(setting, '198.51.100.66', '203.0.113.7')).toBe('198.51.100.66');
    expect(caller(setting, '::ffff:198.51.100.66')).toBe('198.51.100.66');
    expect(caller(setting, undefined, '203.0.113.7')).toBe('unknown');
  });
});

describe('behind a number of proxies, entries count from the right', () => {
  test.each<[string, string | undefined, string]>([
    ['1', '203.0.113.7', '203.0.113.7'],
    ['1', '203.0.113.7, 198.51.100.66', '198.51.100.66'],
    ['1', '203.0.113.7,198.51.100.66:4711', '198.51.100.66'],
    ['2', '203.0.113.7, 198.51.100.66, 10.0.0.6', '198.51.100.66'],
    ['2', '198.51.100.66', '198.51.100.66'],
    ['1', undefined, '192.0.2.10'],
    ['1', '', 'unknown'],
    ['1', '203.0.113.7,', 'unknown'],
    ['1', '203.0.113.7, unknown', 'unknown'],
    ['2', '203.0.113.7, _hidden, 10.0.0.6', 'unknown'],
    ['2', '203.0.113.7, , 10.0.0.6', 'unknown'],
  ])('TRUST_PROXY=%s, "%s": %s', (setting, forwarded, address) => {
    expect(caller(setting, '192.0.2.10', forwarded)).toBe(address);
  });

  test('a header of tens of thousands of entries is read no further than proxies reach', () => {
    const forwarded = `${'203.0.113.7,'.repeat(5000)}10.0.0.1`;
    expect(caller('1', '192.0.2.10', forwarded)).toBe('10.0.0.1');
    expect(caller('10.0.0.0/8', '10.0.0.9', `203.0.113.7,${'10.0.0.1,'.repeat(5000)}10.0.0.1`)).toBe('10.0.0.1');
  });
});

describe('behind proxies that I name', () => {
  test.each<[string, string, string | undefined, string]>([
    ['10.0.0.0/8', '10.0.0.1', '203.0.113.7', '203.0.113.7'],
    ['10.0.0.0/8', '10.0.0.1', '203.0.113.7, 198.51.100.66', '198.51.100.66'],
    ['10.0.0.0/8', '10.0.0.1', '203.0.113.7:51008, 10.0.0.6:1234', '203.0.113.7'],
    ['10.0.0.1, 2001:db8:1::/48', '2001:db8:1::5', '203.0.113.7', '203.0.113.7'],
    ['10.0.0.1 10.0.0.2', '10.0.0.2', '203.0.113.7, [2001:db8::9]:80, 10.0.0.1', '2001:db8::9'],
    ['10.0.0.1', '::ffff:10.0.0.1', '203.0.113.7', '203.0.113.7'],
    // Whoever is none of them speaks for itself alone.
    ['10.0.0.1', '10.0.0.2', '203.0.113.7', '10.0.0.2'],
    ['10.0.0.1', '198.51.100.66', '203.0.113.7, 10.0.0.1', '198.51.100.66'],
    ['10.0.0.0/8', '10.0.0.1', '203.0.113.7, unknown', 'unknown'],
    ['10.0.0.0/8', '10.0.0.1', '203.0.113.7, , 10.0.0.6', 'unknown'],
    ['10.0.0.0/8', '10.0.0.1', '', 'unknown'],
    ['10.0.0.0/8', '10.0.0.1', undefined, '10.0.0.1'],
    ['loopback', '127.0.0.1', '203.0.113.7, 10.0.0.6', '10.0.0.6'],
    ['loopback, UniqueLocal', '127.0.0.1', '203.0.113.7, 10.0.0.6', '203.0.113.7'],
    ['linklocal', 'fe80::9%eth0', '203.0.113.7', '203.0.113.7'],
    ['10.0.0.0/8', '10.0.0.1', '10.7.7.7', '10.7.7.7'],
  ])('TRUST_PROXY=%s, from %s, "%s": %s', (setting, peer, forwarded, address) => {
    expect(caller(setting, peer, forwarded)).toBe(address);
  });

  test.each(['on', 'true', 'yes', 'ON'])(
    'TRUST_PROXY=%s names those of private networks, and nobody else',
    (setting) => {
      expect(caller(setting, '127.0.0.1', '203.0.113.7, 198.51.100.66')).toBe('198.51.100.66');
      expect(caller(setting, '::1', '203.0.113.7, 192.168.1.4')).toBe('203.0.113.7');
      expect(caller(setting, 'fd00::9', '203.0.113.7')).toBe('203.0.113.7');
      expect(caller(setting, '198.51.100.66', '203.0.113.7')).toBe('198.51.100.66');
    },
  );

  test('other headers are never read', () => {
    const headers = { forwarded: 'for=203.0.113.7', 'x-real-ip': '203.0.113.7', 'x-client-ip': '203.0.113.7' };
    const request = { socket: { remoteAddress: '10.0.0.1' }, headers };
    expect(new ClientAddresses('1').of(request)).toBe('10.0.0.1');
    expect(new ClientAddresses('10.0.0.0/8').of(request)).toBe('10.0.0.1');
  });

  test('a caller keeps its address when its connection has closed meanwhile', () => {
    const socket: { remoteAddress: string | undefined } = { remoteAddress: '198.51.100.66' };
    const request = { socket, headers: {} };
    const addresses = new ClientAddresses('off');
    expect(addresses.of(request)).toBe('198.51.100.66');
    socket.remoteAddress = undefined;
    expect(addresses.of(request)).toBe('198.51.100.66');
  });
});

test('limits count an IPv4 address by itself, and IPv6 addresses of one network as one', () => {
  expect(limitedNetwork('203.0.113.7')).toBe('203.0.113.7');
  expect(limitedNetwork('2001:db8:1:2:3:4:5:6')).toBe('2001:db8:1:2::/64');
  expect(limitedNetwork('2001:db8:1:2:ffff::1')).toBe('2001:db8:1:2::/64');
  expect(limitedNetwork('2001:db8:1:3::1')).toBe('2001:db8:1:3::/64');
  expect(limitedNetwork('unknown')).toBe('unknown');
});
