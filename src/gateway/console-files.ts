import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { errors } from '../core/errors.ts';
import { packageRoot } from '../core/package-root.ts';
import type { App } from '../http/app-type.ts';

/** What `npm run console:build` makes. */
const BUILT = join(packageRoot, 'console/dist');
const ASSETS = 'assets/';

/** Of the files that a build makes. Browsers do not run or show a file of another type, because of `nosniff`. */
const types: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
};

/** The build writes these beside each file, the preferred one first. */
const encodings = { br: '.br', gzip: '.gz' } as const;
type Encoding = keyof typeof encodings;

interface Asset {
  readonly type: string;
  readonly body: Buffer;
  readonly encoded: ReadonlyMap<Encoding, Buffer>;
}

/** The build writes this text where the page needs the nonce of the answer. */
const NONCE = '__NONCE__';
const NONCE_BYTES = 16;

/**
 * Nothing comes from another host, and no script from the page itself. The component library puts style elements into the
 * page, for the colours of the theme and for what depends on the width: they carry the nonce, so that others do not count.
 */
function policyWith(nonce: string): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "connect-src 'self'",
    "img-src 'self' data:",
    "font-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}

const NOT_BUILT =
  'The console is not built. Run `npm run console:build` where the gateway is installed, and start it again.';

/**
 * The web console at `/console`. Its files are read once, at the start.
 * @param folder for tests
 */
export function consoleFiles(app: App, folder: string = BUILT): void {
  const index = join(folder, 'index.html');
  const page = existsSync(index) ? readFileSync(index, 'utf8') : null;
  const assets = page === null ? new Map<string, Asset>() : readAssets(folder);

  const answerPage = (reply: FastifyReply) => {
    if (page === null) throw errors.of('SERVICE_UNAVAILABLE', { message: NOT_BUILT });
    const nonce = randomBytes(NONCE_BYTES).toString('base64');
    return reply
      .headers({ 'content-security-policy': policyWith(nonce), 'cache-control': 'no-cache' })
      .type('text/html; charset=utf-8')
      .send(page.replaceAll(NONCE, nonce));
  };

  app.get('/console', { schema: { hide: true } }, async (_request, reply) => answerPage(reply));
  app.get('/console/*', { schema: { hide: true } }, async (request, reply) => {
    const path = pathBelow(request);
    // Every other path is one of a screen, which the page itself finds.
    if (page === null || !path.startsWith(ASSETS)) return answerPage(reply);
    const asset = assets.get(path.slice(ASSETS.length));
    if (!asset) throw errors.of('NOT_FOUND');
    return answerAsset(request, reply, asset);
  });
}

function pathBelow({ params }: FastifyRequest): string {
  const path: unknown = typeof params === 'object' && params !== null ? Reflect.get(params, '*') : '';
  return typeof path === 'string' ? path : '';
}

/** Their names change with what they contain, so that browsers never ask for one again. */
function answerAsset(request: FastifyRequest, reply: FastifyReply, { type, body, encoded }: Asset): FastifyReply {
  reply.headers({ 'cache-control': 'public, max-age=31536000, immutable', vary: 'accept-encoding' }).type(type);
  const accepted = String(request.headers['accept-encoding'] ?? '');
  for (const [encoding, bytes] of encoded) {
    if (accepts(accepted, encoding)) return reply.header('content-encoding', encoding).send(bytes);
  }
  return reply.send(body);
}

function accepts(header: string, encoding: Encoding): boolean {
  return header.split(',').some((each) => {
    const [name, ...parameters] = each.split(';').map((part) => part.trim().toLowerCase());
    return name === encoding && !parameters.some((parameter) => /^q=0(\.0*)?$/.test(parameter));
  });
}

function readAssets(folder: string): ReadonlyMap<string, Asset> {
  const path = join(folder, ASSETS);
  const files = new Map(readdirSync(path).map((name) => [name, readFileSync(join(path, name))]));
  const assets = new Map<string, Asset>();
  for (const [name, body] of files) {
    const type = types[extname(name)];
    if (type === undefined) continue;
    const encoded = Object.entries(encodings).flatMap(([encoding, suffix]) => {
      const bytes = files.get(name + suffix);
      return bytes ? [[encoding as Encoding, bytes] as const] : []; // a key of the table
    });
    assets.set(name, { type, body, encoded: new Map(encoded) });
  }
  return assets;
}
