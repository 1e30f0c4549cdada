import type { App } from './app-type.ts';

/** For routes that need no body: one that is sent is not looked at, whatever its type says, and even if that is no type. */
export function ignoreBodies(app: App): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', (_request, payload, done) => {
    payload.resume();
    done(null, undefined);
  });
  app.addHook('onRequest', async (request) => {
    delete request.headers['content-type'];
  });
}
