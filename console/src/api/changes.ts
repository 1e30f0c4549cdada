import type { Query, QueryClient } from '@tanstack/react-query';
import { LIVE_MS } from './query-client.ts';

/** How long to wait after a refused stream; meanwhile screens ask every few seconds as ever. */
const REOPEN_MS = 30_000;

/**
 * Asks again for what is on the screen when the gateway says that something has changed. Only a tab that is seen listens: a
 * browser has six connections to a host, and tabs in the background would take all of them.
 * @returns stops that
 */
export function followChanges(queries: QueryClient): () => void {
  let source: EventSource | undefined;
  let reopening: number | undefined;
  const close = () => {
    window.clearTimeout(reopening);
    source?.close();
  };
  const follow = () => {
    close();
    if (document.hidden) return;
    const opened = new EventSource('/operator/v1/changes');
    opened.addEventListener('changed', () => void queries.invalidateQueries({ predicate: isLive }));
    opened.addEventListener('error', () => {
      // After a lost connection a browser tries again by itself, after a refusal it does not.
      if (opened.readyState === EventSource.CLOSED) reopening = window.setTimeout(follow, REOPEN_MS);
    });
    source = opened;
  };
  document.addEventListener('visibilitychange', follow);
  follow();
  return () => {
    document.removeEventListener('visibilitychange', follow);
    close();
  };
}

/** What a screen asks for every few seconds it may also ask for at once; charts and long lists cost too much. */
function isLive(query: Query): boolean {
  return query.observers.some(({ options: { refetchInterval: every } }) => {
    return (typeof every === 'function' ? every(query) : every) === LIVE_MS;
  });
}
