import type { EventEmitter } from 'node:events';
import type { Server as Engine, Socket as EngineConnection } from 'engine.io';

/** Before admission a Socket.IO client sends one message: the request to open the namespace. */
const MESSAGES_BEFORE_ADMISSION_MAX = 1;
/**
 * After admission a client answers a ping every 25 seconds; some WebSocket libraries send pings as well. A normal client
 * stays far below this limit.
 */
const FRAMES_MAX = 20;
const WINDOW_MS = 10_000;

/** The part of `ws` that is used here; its types are not a dependency. */
type WebSocket = Pick<EventEmitter, 'on' | 'prependListener' | 'removeAllListeners'>;

/** The frame limit of one connection. */
export interface FrameLimit {
  /** From now on the limit for admitted clients applies. */
  admit(): void;
}

/**
 * Ends connections that send more than a client of the feed needs, before Socket.IO or the database does any work for
 * them: each handshake opens a socket on the server, and each ping is answered.
 */
export function limitFrames(engine: Engine, limits: WeakMap<object, FrameLimit>): void {
  engine.on('connection', (connection: EngineConnection) => {
    limits.set(connection.request, watch(connection));
  });
}

function watch(connection: EngineConnection): FrameLimit {
  // Engine.IO stores the WebSocket on the request, in a type that it does not export.
  const { websocket } = connection.request as unknown as { readonly websocket: WebSocket };
  const counts = { messages: 0, frames: 0, windowStart: performance.now(), isAdmitted: false };
  const end = () => cutOff(connection, websocket);
  const countFrame = () => {
    const now = performance.now();
    if (now - counts.windowStart > WINDOW_MS) Object.assign(counts, { frames: 0, windowStart: now });
    if (++counts.frames > FRAMES_MAX) end();
  };
  // Runs before Engine.IO's own listener, so that a message above the limit is not parsed.
  websocket.prependListener('message', () => {
    countFrame();
    if (++counts.messages > MESSAGES_BEFORE_ADMISSION_MAX && !counts.isAdmitted) end();
  });
  websocket.on('ping', countFrame).on('pong', countFrame);
  // After a protocol error the connection is closed without a closing handshake.
  websocket.on('error', end);
  return {
    admit: () => {
      counts.isAdmitted = true;
    },
  };
}

/** Closes the connection at once and discards unread data; a normal close would wait for the client. */
function cutOff(connection: EngineConnection, websocket: WebSocket): void {
  for (const event of ['message', 'ping', 'pong']) websocket.removeAllListeners(event);
  connection.close(true);
  connection.request.socket.destroy();
}
