import { isIP } from 'node:net';
import type { Config } from './settings.ts';

/** Parsers of settings that are addresses. Each throws an Error with the valid form. */

/** @returns the address without a trailing slash; empty for an empty setting */
export function readWebAddress(text: string): string {
  if (text === '') return '';
  const url = URL.canParse(text) ? new URL(text) : null;
  const isPlain = url !== null && !url.username && !url.password && !url.search && !url.hash;
  if (!isPlain || !/^https?:$/.test(url.protocol)) {
    throw new Error('must be a web address such as https://pay.example, without a query');
  }
  return text.replace(/\/+$/, '');
}

export function readRedisAddress(text: string): string {
  const isRedis = URL.canParse(text) && /^rediss?:$/.test(new URL(text).protocol) && new URL(text).hostname !== '';
  if (text !== '' && !isRedis) throw new Error('must be redis://<host>:<port> or rediss://<host>:<port>');
  return text;
}

/** An address without brackets, or a host name, to listen on. */
export function readListenHost(text: string): string {
  if (isIP(text) === 0 && !/^(?=.*[a-z])[a-z0-9]([a-z0-9._-]*[a-z0-9])?$/i.test(text)) {
    throw new Error('must be an address such as 127.0.0.1 or ::1, or a host name');
  }
  return text;
}

/** Whether a host is this machine: a loopback address or name, or the folder of a Unix socket. */
export function isThisMachine(host: string): boolean {
  const bare = host.replace(/^\[(.*)\]$/, '$1');
  if (host.startsWith('/') || /^(localhost|.+\.localhost|ip6-localhost|::1|0:0:0:0:0:0:0:1)\.?$/i.test(host))
    return true;
  return (isIP(host) === 4 && host.startsWith('127.')) || /^::ffff:127\./i.test(bare);
}

/**
 * Where people open the console: the public URL, or the address on which the gateway listens.
 * @returns without a trailing slash
 */
export function consoleBase({ publicUrl, host, port }: Pick<Config, 'publicUrl' | 'host' | 'port'>): string {
  if (publicUrl !== '') return publicUrl;
  // One that listens on every address is reached by this one from its own machine.
  const name = host === '0.0.0.0' || host === '::' ? 'localhost' : host;
  return `http://${name.includes(':') ? `[${name}]` : name}:${port}`;
}
