import type { EventEmitter } from 'node:events';
import type { Server as Engine, Socket as EngineConnection } from 'engine.io';

/** What Socket.IO's clients send before they are admitted: the request to open the namespace, once. */
const MESSAGES_BEFORE_ADMISSION_MAX = 1;
/**
 * Afterwards a client answers a ping every 25 seconds; some WebSocket libraries send pings of their own. What an event
 * of a client's own, or a goodbye, adds to that is far below.
 */
const FRAMES_MAX = 20;
const WINDOW_MS = 10_000;

/** The part of `ws` that is used; its types are not among our dependencies. */
type WebSocket = Pick<EventEmitter, 'on' | 'prependListener' | 'removeAllListeners'>;

/** The limit of one connection. */
export interface FrameLimit {
  /** From now on the connection may send what an admitted client sends. */
  admit(): void;
}

/**
 * Ends connections that send more than a client of the feed has to say, before Socket.IO or the database is asked: each
 * hello opens a socket on the server, and each ping is answered.
 */
export function limitFrames(engine: Engine, limits: WeakMap<object, FrameLimit>): void {
  engine.on('connection', (connection: EngineConnection) => {
    limits.set(connection.request, watch(connection));
  });
}

function watch(connection: EngineConnection): FrameLimit {
  // Engine.IO keeps the WebSocket with the request that it came with, and says so in a type that it does not export.
  const { websocket } = connection.request as unknown as { readonly websocket: WebSocket };
  const counts = { messages: 0, frames: 0, windowStart: performance.now(), isAdmitted: false };
  const end = () => cutOff(connection, websocket);
  const countFrame = () => {
    const now = performance.now();
    if (now - counts.windowStart > WINDOW_MS) Object.assign(counts, { frames: 0, windowStart: now });
    if (++counts.frames > FRAMES_MAX) end();
  };
  // Before Engine.IO's own listener, so that a message too many is never looked into.
  websocket.prependListener('message', () => {
    countFrame();
    if (++counts.messages > MESSAGES_BEFORE_ADMISSION_MAX && !counts.isAdmitted) end();
  });
  websocket.on('ping', countFrame).on('pong', countFrame);
  // A frame that breaks the protocol or the limit of size: the other side is not waited for to agree.
  websocket.on('error', end);
  return {
    admit: () => {
      counts.isAdmitted = true;
    },
  };
}

/** At once, and without reading what has come already: closing in the usual way waits for the other side. */
function cutOff(connection: EngineConnection, websocket: WebSocket): void {
  for (const event of ['message', 'ping', 'pong']) websocket.removeAllListeners(event);
  connection.close(true);
  connection.request.socket.destroy();
}
