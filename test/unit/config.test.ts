import { describe, expect, test } from 'vitest';
import { ConfigError, environment, loadConfig, previousKeys } from '../../src/config/config.ts';
import { SECRET_KEY } from '../support/keys.ts';

describe('settings', () => {
  test('none at all make a sandbox on this machine', () => {
    expect(loadConfig({})).toMatchObject({
      host: '127.0.0.1',
      port: 3000,
      sandbox: true,
      databaseUrl: '',
      role: 'all',
    });
  });

  test('cannot be changed once read', () => {
    const config = loadConfig({});
    expect(Object.isFrozen(config)).toBe(true);
    expect(() => Object.assign(config, { port: 1 })).toThrow(TypeError);
  });

  test('are read from their variables, as what they are', () => {
    const key = SECRET_KEY;
    const env = { PORT: '8080', SANDBOX: 'off', SECRET_KEY: key, TRUST_PROXY: 'yes', DATABASE_URL: 'postgres://x/y' };
    expect(loadConfig(env)).toMatchObject({
      port: 8080,
      sandbox: false,
      secretKey: key,
      trustProxy: 'yes',
      databaseUrl: 'postgres://x/y',
    });
  });

  test('an empty variable is none', () => {
    expect(loadConfig({ PORT: '', SANDBOX: '', LOG_LEVEL: '' })).toMatchObject({ port: 3000, sandbox: true });
  });

  test('a flag goes before its variable, and a missing flag does not hide it', () => {
    const env = { PORT: '8080', HOST: '0.0.0.0' };
    expect(loadConfig(env, { port: '9090', host: undefined })).toMatchObject({ port: 9090, host: '0.0.0.0' });
    expect(loadConfig({ SANDBOX: 'off' }, { sandbox: 'on' }).sandbox).toBe(true);
  });

  test('unknown variables are nobody’s business', () => {
    expect(loadConfig({ PATH: '/bin', PORTS: 'x' }).port).toBe(3000);
  });

  test.each(['true', 'on', 'yes', '1', 'TRUE', 'On'])('%s switches on', (text) => {
    expect(loadConfig({ SANDBOX: text }).sandbox).toBe(true);
  });

  test.each(['false', 'off', 'no', '0', 'FALSE', 'Off'])('%s switches off', (text) => {
    expect(() => loadConfig({ SANDBOX: text })).toThrow(/^SECRET_KEY is required outside the sandbox/);
  });

  test('have a variable each, and no two share one', () => {
    const variables = Object.values(environment);
    expect(new Set(variables).size).toBe(variables.length);
    const { sources: _, ...values } = loadConfig({});
    expect(Object.keys(environment).sort()).toEqual(Object.keys(values).sort());
  });

  test('say where they come from: a flag before a variable, and a variable before the default', () => {
    const env = { PORT: '8080', HOST: '0.0.0.0', LOG_LEVEL: '' };
    expect(loadConfig(env, { port: '9090' }).sources).toMatchObject({
      port: 'flag',
      host: 'environment',
      logLevel: 'default',
      tickMs: 'default',
    });
  });
});

describe('a setting that cannot be used is named, and its value is not', () => {
  test.each([
    ['PORT', 'eighty'],
    ['PORT', '-1'],
    ['PORT', '65536'],
    ['MARKETPLACE_PORT', '-2'],
    ['MARKETPLACE_PORT', '70000'],
    ['DATABASE_POOL_MAX', '1'],
    ['DATABASE_POOL_MAX', '501'],
    ['DATABASE_POOL_MAX', 'many'],
    ['ROLE', 'master'],
    ['SECRET_KEY', 'short-secret'],
    ['SECRET_KEY', 'ab'.repeat(31)],
    ['SECRET_KEY', 'xy'.repeat(32)],
    ['SECRET_KEY_PREVIOUS', 'short-secret'],
    ['SECRET_KEY_PREVIOUS', `${SECRET_KEY} ${SECRET_KEY}`],
    ['SUPPLIER_TIMEOUT_MS', '0'],
    ['SUPPLIER_TIMEOUT_MS', '10s'],
    ['CALLBACK_TIMEOUT_MS', '-5'],
    ['TICK_MS', '0'],
    ['FREEZE_WAIT_MIN', '0'],
    ['FREEZE_WAIT_MIN', '10081'],
    ...['APPROVAL_TIMEOUT_MS', 'CALLBACK_TIMEOUT_MS', 'SUPPLIER_TIMEOUT_MS', 'TICK_MS', 'MARKET_POLL_MS'].flatMap(
      (name) => ['3600001', '2147483648', '2592000000', '9999999999999', 'Infinity', '1e12'].map((ms) => [name, ms]),
    ),
    ['STOP_TIMEOUT_MS', '2592000000'],
    ['DATABASE_WAIT_MS', '2592000000'],
    ['VERIFY_EVERY_MIN', '10081'],
    ['PORT', '0x50'],
    ['PORT', 'true'],
    ['PORT', ' 8080'],
    ['PORT', '"8080"'],
    ['PORT', '1e3'],
    ['TICK_MS', '250.5'],
    ['HOST', '[::1]'],
    ['HOST', 'http://pay.example'],
    ['HOST', '10.0.0'],
    ['HOST', '0.0.0.0:80'],
    ['PUBLIC_URL', 'pay.example'],
    ['PUBLIC_URL', 'https://'],
    ['PUBLIC_URL', 'https://me:secret@pay.example'],
    ['PUBLIC_URL', 'https://pay.example/?shop=1'],
    ['MARKETPLACE_URL', 'localhost:3001'],
    ['MARKETPLACE_URL', 'ftp://localhost'],
    ['REDIS_URL', 'redis://'],
    ['REDIS_URL', 'redis://host:port'],
    ['REDIS_URL', 'http://redis'],
    ['SANDBOX_REMOTE_DATABASE', 'on'],
    ['AUTO_CANCEL_MIN', '29'],
    ['AUTO_CANCEL_MIN', '721'],
    ['AUTO_CANCEL_MIN', '30.5'],
    ['LOG_LEVEL', 'loud'],
  ])('%s=%s', (variable, value) => {
    expect(() => loadConfig({ [variable]: value })).toThrow(ConfigError);
    try {
      loadConfig({ [variable]: value });
    } catch (error) {
      const { message } = error as ConfigError; // what it is was checked above
      expect(message).toMatch(new RegExp(`^${variable} `));
      expect(message.split(/[ ,;]+/)).not.toContain(value);
    }
  });

  test('SANDBOX is on or off', () => {
    expect(() => loadConfig({ SANDBOX: 'maybe' })).toThrow(new ConfigError('SANDBOX must be on or off, not "maybe"'));
  });

  test.each([
    ['maybe', '"maybe" is not an address or CIDR range. Write off, the number of proxies'],
    ['10.0.0.1, proxy.internal', '"proxy.internal" is not an address'],
    ['10.0.0.0/33', '"10.0.0.0/33" is not an address'],
    ['-1', '"-1" is not an address'],
    ['1.5', '"1.5" is not an address'],
    ['fe80::1%eth0', '"fe80::1%eth0" is not an address'],
    ['17', 'there can be at most 16 proxies in a row'],
    ['0.0.0.0/0', '0.0.0.0/0 would let every caller choose its own address'],
    ['10.0.0.1,::/0', '::/0 would let every caller choose its own address'],
  ])('TRUST_PROXY=%s says what to write', (value, text) => {
    expect(() => loadConfig({ TRUST_PROXY: value })).toThrow(ConfigError);
    expect(() => loadConfig({ TRUST_PROXY: value })).toThrow(`TRUST_PROXY: ${text}`);
  });

  test('ADMIN_PORT is another than PORT', () => {
    expect(() => loadConfig({ PORT: '3000', ADMIN_PORT: '3000' })).toThrow(
      /^ADMIN_PORT must be another port than PORT/,
    );
    expect(loadConfig({ PORT: '0', ADMIN_PORT: '0' })).toMatchObject({ port: 0, adminPort: 0 });
  });

  test('a flag too, under the variable’s name', () => {
    expect(() => loadConfig({}, { port: 'eighty' })).toThrow(/^PORT /);
  });
});

test('an address loses the slash at its end, so that paths can follow it', () => {
  const { publicUrl, marketplaceUrl } = loadConfig({
    PUBLIC_URL: 'https://pay.example/',
    MARKETPLACE_URL: 'http://m//',
  });
  expect([publicUrl, marketplaceUrl]).toEqual(['https://pay.example', 'http://m']);
});

describe('a sandbox and its database', () => {
  test.each([
    'postgres://me@localhost/x',
    'postgres://me:p%40ss@127.0.0.1:5432/x',
    'postgresql://[::1]:5432/x',
    'postgres://127.0.0.1:5432,127.0.0.2:5433/x?target_session_attrs=read-write',
    'postgres://me@%2Fvar%2Frun%2Fpostgresql/x',
    'postgres:///x?host=/var/run/postgresql',
    'postgres:///x',
    'memory:',
    '',
  ])('on this machine it may be "%s"', (url) => {
    expect(loadConfig({ DATABASE_URL: url }).databaseUrl).toBe(url);
  });

  test.each([
    ['postgres://me@db.example:5432/x', 'db.example'],
    ['postgres://me:localhost@10.0.0.5/x', '10.0.0.5'],
    ['postgres://127.0.0.1,db-2/x', 'db-2'],
    ['postgres://localhost/x?host=db.example', 'db.example'],
    ['postgres://[fd00::5]:5432/x', 'fd00::5'],
    ['postgres://localhost.example/x', 'localhost.example'],
  ])('"%s" is refused, unless that is allowed or the sandbox is off', (url, host) => {
    const start = (more: Record<string, string>) => loadConfig({ DATABASE_URL: url, ...more }).databaseUrl;
    expect(() => start({})).toThrow(new RegExp(`^DATABASE_URL points to ${host}, which is not this machine`));
    expect(start({ SANDBOX_REMOTE_DATABASE: 'allow' })).toBe(url);
    expect(start({ SANDBOX: 'off', SECRET_KEY })).toBe(url);
  });

  test('the host may also stand in PGHOST', () => {
    expect(() => loadConfig({ DATABASE_URL: 'postgres:///x', PGHOST: 'db.example' })).toThrow(/db\.example/);
  });
});

describe('what callbacks may reach', () => {
  const outside = { SANDBOX: 'off', SECRET_KEY };

  test('is everything in the sandbox, and the open internet outside it', () => {
    expect(loadConfig({}).callbackAllow).toBe('*');
    expect(loadConfig({ CALLBACK_ALLOW: '10.0.0.0/8' }).callbackAllow).toBe('10.0.0.0/8');
    expect(loadConfig(outside).callbackAllow).toBe('');
    expect(() => loadConfig({ ...outside, CALLBACK_ALLOW: '10.0.0.1,*' })).toThrow(/^CALLBACK_ALLOW can be \*/);
  });

  test.each([
    'shop.internal',
    'a_b',
    '10.0.0.1',
    '10.0.0.0/8',
    'fd00::/8',
    '::1',
    ' shop.internal. , Shop ,',
    '0.0.0.0/0',
  ])('can be "%s"', (list) => {
    expect(loadConfig({ ...outside, CALLBACK_ALLOW: list }).callbackAllow).toBe(list);
  });

  test.each([
    'http://shop',
    'shop:8080',
    'shop/path',
    '*.shop.internal',
    '10.0.0.0/33',
    '10.0.0.0/',
    'fd00::/129',
    '[::1]',
    '10.1',
    '0x7f.1',
    '010.0.0.1',
    'a b',
    'user@shop',
    '..',
  ])('cannot be "%s", and the wrong part is named', (part) => {
    const wrong = new ConfigError(`CALLBACK_ALLOW: "${part}" is no host name, address or CIDR range`);
    expect(() => loadConfig({ CALLBACK_ALLOW: `10.0.0.0/8, ${part} ,shop` })).toThrow(wrong);
  });
});

describe('outside the sandbox', () => {
  test('the key that encrypts secrets is needed', () => {
    expect(() => loadConfig({ SANDBOX: 'off' })).toThrow(/^SECRET_KEY is required/);
  });

  test('a key that can be guessed is refused; as a previous one it is taken, so that it can be changed', () => {
    for (const weak of ['00'.repeat(32), 'ab'.repeat(32), '0123456789abcdef'.repeat(4)]) {
      expect(() => loadConfig({ SANDBOX: 'off', SECRET_KEY: weak })).toThrow(
        /^SECRET_KEY can be guessed, as .*openssl rand/,
      );
      expect(loadConfig({ SECRET_KEY: weak }).secretKey).toBe(weak);
      const changing = { SANDBOX: 'off', SECRET_KEY, SECRET_KEY_PREVIOUS: weak };
      expect(previousKeys(loadConfig(changing))).toEqual([weak]);
    }
    expect(previousKeys(loadConfig({}))).toEqual([]);
    expect(previousKeys(loadConfig({ SECRET_KEY_PREVIOUS: `${SECRET_KEY},${'cd'.repeat(32)}` }))).toHaveLength(2);
  });

  test('there is no pretended marketplace', () => {
    const env = { SANDBOX: 'off', SECRET_KEY, MARKETPLACE_URL: 'http://127.0.0.1:1' };
    expect(() => loadConfig(env)).toThrow(/^MARKETPLACE_URL can be set only in the sandbox/);
  });

  test('calls wait longer than in it', () => {
    const production = loadConfig({ SANDBOX: 'off', SECRET_KEY });
    expect(production.supplierTimeoutMs).toBe(10_000);
    expect(loadConfig({}).supplierTimeoutMs).toBe(2000);
    expect(production.callbackTimeoutMs).toBe(15_000);
  });
});
