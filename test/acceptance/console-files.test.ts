import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import Fastify from 'fastify';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { consoleFiles } from '../../src/gateway/console-files.ts';
import type { App } from '../../src/http/app-type.ts';
import { installErrorHandler } from '../../src/http/errors.ts';
import { addSecurityHeaders } from '../../src/http/headers.ts';
import { useOwnWorld, useWorld } from '../support/world.ts';

/** How the gateway serves the web console. These files stand for built ones. */

const folder = mkdtempSync(join(tmpdir(), 'console-'));
const open: App[] = [];

function serve(from: string): App {
  const app = Fastify().withTypeProvider<TypeBoxTypeProvider>() as App; // the routes need nothing of its logger
  installErrorHandler(app);
  addSecurityHeaders(app);
  consoleFiles(app, from);
  open.push(app);
  return app;
}

let app: App;

beforeAll(() => {
  mkdirSync(join(folder, 'assets'));
  writeFileSync(join(folder, 'index.html'), '<meta nonce="__NONCE__"><link nonce="__NONCE__">');
  writeFileSync(join(folder, 'assets/index-1.js'), 'plain');
  writeFileSync(join(folder, 'assets/index-1.js.br'), 'as brotli');
  writeFileSync(join(folder, 'assets/index-1.js.gz'), 'as gzip');
  writeFileSync(join(folder, 'assets/index-1.css'), 'a {}');
  app = serve(folder);
});
afterAll(async () => {
  await Promise.all(open.map((each) => each.close()));
  rmSync(folder, { recursive: true });
});

describe('the page', () => {
  test('is answered at the address of every screen, and is asked for again each time', async () => {
    for (const url of ['/console', '/console/', '/console/trades/1?q=2', '/console/link']) {
      const { statusCode, headers, body } = await app.inject({ url });
      expect(statusCode, url).toBe(200);
      expect(headers).toMatchObject({ 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-cache' });
      expect(body).toContain('<meta nonce=');
    }
  });

  test('may load from the gateway only, run no script of its own, and be in no frame', async () => {
    const { headers } = await app.inject({ url: '/console' });
    const policy = String(headers['content-security-policy']);
    expect(policy).toContain("default-src 'none'; script-src 'self'; style-src 'self' 'nonce-");
    expect(policy).toContain("connect-src 'self'");
    expect(policy).toContain("base-uri 'none'; form-action 'none'; frame-ancestors 'none'");
    expect(policy).not.toContain('unsafe');
    expect(headers).toMatchObject({ 'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer' });
  });

  test('has another nonce in every answer, the one of its policy', async () => {
    const nonces = new Set<string>();
    for (let request = 0; request < 3; request += 1) {
      const { body, headers } = await app.inject({ url: '/console' });
      const [nonce = '', ...more] = [...body.matchAll(/nonce="([^"]+)"/g)].map(([, found = '']) => found);
      expect(more).toEqual([nonce]);
      expect(headers['content-security-policy']).toContain(`'nonce-${nonce}'`);
      nonces.add(nonce);
    }
    expect(nonces.size).toBe(3);
  });
});

describe('an asset', () => {
  test('is kept by browsers for a year, because its name changes with what it contains', async () => {
    const { headers, body } = await app.inject({ url: '/console/assets/index-1.css' });
    expect(body).toBe('a {}');
    expect(headers).toMatchObject({
      'content-type': 'text/css; charset=utf-8',
      'cache-control': 'public, max-age=31536000, immutable',
      'x-content-type-options': 'nosniff',
    });
  });

  test('is sent in the best form that the browser accepts', async () => {
    const forms = [
      ['gzip, deflate, br, zstd', 'as brotli', 'br'],
      ['gzip;q=1.0, br;q=0', 'as gzip', 'gzip'],
      ['identity', 'plain', undefined],
    ] as const;
    for (const [accepted, body, encoding] of forms) {
      const answer = await app.inject({ url: '/console/assets/index-1.js', headers: { 'accept-encoding': accepted } });
      expect(answer.body).toBe(body);
      expect(answer.headers['content-encoding']).toBe(encoding);
      expect(answer.headers.vary).toBe('accept-encoding');
    }
  });

  test('that does not exist is answered with 404, not with the page', async () => {
    for (const name of ['index-2.js', '../index.html', '..%2findex.html', '__proto__', 'index-1.js.br', '']) {
      const { statusCode, body } = await app.inject({ url: `/console/assets/${name}` });
      if (name.startsWith('..')) expect(body).not.toContain('plain');
      else expect(statusCode, name).toBe(404);
    }
  });
});

test('a gateway without the built console says how to build it', async () => {
  for (const url of ['/console', '/console/trades']) {
    const { statusCode, body } = await serve(join(folder, 'missing')).inject({ url });
    expect(statusCode).toBe(503);
    expect(JSON.parse(body).error.message).toContain('npm run console:build');
  }
});

describe('a gateway', () => {
  const world = useWorld();

  test('serves the console beside the operator API, without a key', async () => {
    const { status } = await fetch(`${world().baseUrl}/console/trades`);
    // 503: it was not built here.
    expect([200, 503]).toContain(status);
  });
});

describe('a gateway that only the command line operates', () => {
  const world = useOwnWorld({ CONSOLE: 'off' });

  test('has no console', async () => {
    expect((await fetch(`${world().baseUrl}/console`)).status).toBe(404);
  });
});
