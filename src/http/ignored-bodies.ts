import type { App } from './app-type.ts';

/** For routes that need no body: whatever is sent, of whatever type, is let through and not looked at (DESIGN 4.2). */
export function ignoreBodies(app: App): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', (_request, payload, done) => {
    payload.resume();
    done(null, undefined);
  });
}
