import type { App } from './app-type.ts';

/** For routes without a body: a sent body is discarded, whatever its content type. */
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
