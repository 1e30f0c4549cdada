import type { App } from './app-type.ts';

/** Answers hold private data: they must not be cached, and a browser must not render them. */
export const answerHeaders: Readonly<Record<string, string>> = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
};

/** Sets these headers on every answer that does not set its own, as the page at `/docs` does. */
export function addSecurityHeaders(app: App): void {
  const headers = Object.entries(answerHeaders);
  app.addHook('onSend', (_request, reply, _payload, done) => {
    for (const [name, value] of headers) if (!reply.hasHeader(name)) reply.header(name, value);
    done();
  });
}
