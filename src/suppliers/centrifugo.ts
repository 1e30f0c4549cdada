import Type from 'typebox';
import { Compile } from 'typebox/compile';
import { SECOND_MS } from '../core/clock.ts';
import { parseExactly } from '../net/json-client.ts';
import { type HeldWebSocket, holdWebSocket, type WebSocketEnd, type WebSocketOptions } from '../net/web-socket.ts';
import type { ConnectionEnd } from './supplier.ts';

/** The part of Centrifugo's protocol in JSON that it takes to hear one channel. */

export interface CentrifugoOptions extends WebSocketOptions {
  readonly token: string;
  readonly channel: string;
}

export interface CentrifugoUser {
  /** From now on every publication arrives. */
  onOpen(): void;
  /** @param data what was published in the channel */
  onPublication(data: unknown): void;
}

const [CONNECT, SUBSCRIBE] = [1, 2];
/** How often a server pings that does not say it. */
const PING_SECONDS = 25;
/** Pings that may be late or missing. */
const PINGS_MISSED = 2;

const Reply = Type.Object({
  id: Type.Integer(),
  error: Type.Optional(Type.Object({ code: Type.Integer() })),
  connect: Type.Optional(Type.Object({ ping: Type.Optional(Type.Integer({ minimum: 1, maximum: 3600 })) })),
});
const replyShape = Compile(Reply);
const pushShape = Compile(
  Type.Object({ push: Type.Object({ channel: Type.String(), pub: Type.Object({ data: Type.Unknown() }) }) }),
);
const pingShape = Compile(Type.Object({}, { additionalProperties: false }));

/** Errors and closings that last until the operator has changed the account: the token, or the right to the channel. */
const deniedErrors: ReadonlySet<number> = new Set([101, 103]);
const INVALID_TOKEN_CLOSING = 3500;

/** Hears a channel until the connection ends. */
export async function hearChannel(options: CentrifugoOptions, user: CentrifugoUser): Promise<ConnectionEnd> {
  const session = new Session(options, user);
  const end = await holdWebSocket(options, {
    onOpen: (socket) => socket.send(JSON.stringify({ id: CONNECT, connect: { token: options.token } })),
    onText: (text, socket) => session.read(text, socket),
  });
  return session.refusal ?? endOf(end);
}

function endOf({ cause, code }: WebSocketEnd): ConnectionEnd {
  return code === INVALID_TOKEN_CLOSING ? { cause, fault: 'misconfigured' } : { cause };
}

class Session {
  readonly #channel: string;
  readonly #user: CentrifugoUser;
  #pingSeconds = PING_SECONDS;
  /** Why the server does not let us hear the channel. */
  refusal: ConnectionEnd | null = null;

  constructor({ channel }: CentrifugoOptions, user: CentrifugoUser) {
    this.#channel = channel;
    this.#user = user;
  }

  /** A frame has one or several objects, one a line. What is none of the protocol's changes nothing. */
  read(text: string, socket: HeldWebSocket): void {
    for (const line of text.split('\n')) {
      const json = parsed(line);
      if (replyShape.Check(json)) this.#onReply(json, socket);
      else if (pushShape.Check(json)) this.#onPush(json.push);
      else if (pingShape.Check(json)) socket.send('{}');
    }
  }

  #onPush({ channel, pub }: { readonly channel: string; readonly pub: { readonly data: unknown } }): void {
    if (channel === this.#channel) this.#user.onPublication(pub.data);
  }

  #onReply({ id, error, connect }: Type.Static<typeof Reply>, socket: HeldWebSocket): void {
    if (error) {
      const cause = `${id === SUBSCRIBE ? 'the channel' : 'the connection'} was refused with code ${error.code}`;
      this.refusal = deniedErrors.has(error.code) ? { cause, fault: 'misconfigured' } : { cause };
      socket.end(cause);
    } else if (id === CONNECT) {
      this.#pingSeconds = connect?.ping ?? PING_SECONDS;
      socket.send(JSON.stringify({ id: SUBSCRIBE, subscribe: { channel: this.#channel } }));
    } else if (id === SUBSCRIBE) {
      socket.ready(PINGS_MISSED * this.#pingSeconds * SECOND_MS);
      this.#user.onOpen();
    }
  }
}

/** @returns undefined for a line that is not JSON */
function parsed(line: string): unknown {
  try {
    return parseExactly(line);
  } catch {
    return undefined;
  }
}
