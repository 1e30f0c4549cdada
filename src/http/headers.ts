import type { App } from './app-type.ts';

/** Answers are about money and for one caller: nobody keeps them, and no browser takes them for a page. */
export const answerHeaders: Readonly<Record<string, string>> = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
};

/** Puts those headers on every answer that does not bring its own, as the page at `/docs` does. */
export function protectAnswers(app: App): void {
  const headers = Object.entries(answerHeaders);
  app.addHook('onSend', (_request, reply, _payload, done) => {
    for (const [name, value] of headers) if (!reply.hasHeader(name)) reply.header(name, value);
    done();
  });
}
