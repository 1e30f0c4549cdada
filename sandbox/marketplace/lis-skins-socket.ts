import { randomUUID } from 'node:crypto';
import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import Type from 'typebox';
import { Compile } from 'typebox/compile';
import { type WebSocket, WebSocketServer } from 'ws';
import { SECOND_MS } from '../../src/core/clock.ts';
import { HintAlarm } from './hint-alarm.ts';
import { purchaseIdOf } from './lis-skins-wire.ts';
import type { Marketplace } from './marketplace.ts';
import type { Order } from './orders.ts';

/** The number of the account that the sandbox's key belongs to. */
export const SANDBOX_LIS_SKINS_USER_ID = '40771';
export const LIS_SKINS_SOCKET_PATH = '/lis-skins/connection/websocket';

/** How the socket behaves; what is left out is as it was. */
export interface SocketManner {
  /** The pause between two pings, which clients are told. */
  pingSeconds?: number;
  /** Sends no pings. */
  isSilent?: boolean;
  /** Sends everything that there is to say in one frame, one object a line, with a ping before it. */
  isJoined?: boolean;
  /** Sends each event twice. */
  isRepeated?: boolean;
  /** What events say of their purchase. */
  names?: 'both' | 'id' | 'none';
  /** Sends what is no JSON, and what is none of the protocol, before each event. */
  hasNonsense?: boolean;
  /** Refuses every token. */
  refusesTokens?: boolean;
}

const CHANNEL = `private:purchase-skins#${SANDBOX_LIS_SKINS_USER_ID}`;
const BATCH = 64;
const NONSENSE = [
  'nonsense',
  '[]',
  '{"push":null}',
  '{"push":{"channel":"public:obtained-skins","pub":{"data":{"event":"obtained_skin_added","id":1}}}}',
  `{"push":{"channel":"${CHANNEL}","pub":{"data":{"event":"on_a_coffee_break","purchase_id":1}}}}`,
];
// Codes of Centrifugo.
const [PERMISSION_DENIED, INVALID_TOKEN, NO_PONG] = [103, 3500, 3012];

const Connect = Type.Object({ id: Type.Integer(), connect: Type.Object({ token: Type.String() }) });
const Subscribe = Type.Object({ id: Type.Integer(), subscribe: Type.Object({ channel: Type.String() }) });
const [connectShape, subscribeShape] = [Compile(Connect), Compile(Subscribe)];

interface Session {
  isConnected: boolean;
  isSubscribed: boolean;
  hasAnswered: boolean;
}

/** The WebSocket of the LIS-SKINS front. What changes while nobody is connected is never said. */
export class LisSkinsSocket {
  readonly #marketplace: Marketplace;
  readonly #server = new WebSocketServer({ noServer: true });
  readonly #sessions = new Map<WebSocket, Session>();
  readonly #tokens = new Set<string>();
  readonly manner: Required<SocketManner> = {
    pingSeconds: 25,
    isSilent: false,
    isJoined: false,
    isRepeated: false,
    names: 'both',
    hasNonsense: false,
    refusesTokens: false,
  };
  /** How many connections were subscribed since the start. */
  #subscribed = 0;
  /** How many tokens were refused, and how many pings were answered, since the start. */
  #refused = 0;
  #pongs = 0;
  readonly #alarm: HintAlarm;

  constructor(marketplace: Marketplace) {
    this.#marketplace = marketplace;
    this.#alarm = new HintAlarm(marketplace, 'lis-skins', () => this.#poll());
  }

  start(server: Server): void {
    server.on('upgrade', (request, socket, head) => this.#upgrade(request, socket, head));
    this.#marketplace.onChange(() => this.#poll());
    this.#poll();
  }

  stop(): void {
    this.#alarm.stop();
    for (const socket of this.#sessions.keys()) socket.terminate();
  }

  newToken(): string {
    const token = randomUUID();
    this.#tokens.add(token);
    return token;
  }

  get facts() {
    const open = [...this.#sessions.values()].filter(({ isSubscribed }) => isSubscribed).length;
    return { open, subscribed: this.#subscribed, refused: this.#refused, pongs: this.#pongs };
  }

  /** Ends all connections. */
  closeAll(): void {
    for (const socket of this.#sessions.keys()) socket.terminate();
  }

  /** Sends a frame to all who hear the account's purchases. */
  send(text: string): void {
    for (const [socket, { isSubscribed }] of this.#sessions) if (isSubscribed) socket.send(text);
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    if (request.url === LIS_SKINS_SOCKET_PATH)
      this.#server.handleUpgrade(request, socket, head, (client) => this.#serve(client));
    else socket.destroy();
  }

  #serve(client: WebSocket): void {
    const session: Session = { isConnected: false, isSubscribed: false, hasAnswered: true };
    this.#sessions.set(client, session);
    const pings = setInterval(() => this.#ping(client, session), this.manner.pingSeconds * SECOND_MS).unref();
    client.on('close', () => {
      clearInterval(pings);
      this.#sessions.delete(client);
    });
    client.on('error', () => client.terminate());
    client.on('message', (data) => {
      for (const line of String(data).split('\n')) this.#onLine(client, session, JSON.parse(line));
    });
  }

  #ping(client: WebSocket, session: Session): void {
    if (!session.isConnected || this.manner.isSilent) return;
    if (!session.hasAnswered) client.close(NO_PONG, 'no pong');
    else client.send('{}');
    session.hasAnswered = false;
  }

  #onLine(client: WebSocket, session: Session, command: unknown): void {
    if (connectShape.Check(command)) this.#onConnect(client, session, command);
    else if (subscribeShape.Check(command)) this.#onSubscribe(client, session, command);
    else {
      session.hasAnswered = true;
      this.#pongs++;
    }
  }

  #onConnect(client: WebSocket, session: Session, { id, connect }: Type.Static<typeof Connect>): void {
    if (this.manner.refusesTokens || !this.#tokens.delete(connect.token)) {
      this.#refused++;
      client.close(INVALID_TOKEN, 'invalid token');
      return;
    }
    session.isConnected = true;
    const { pingSeconds: ping } = this.manner;
    client.send(JSON.stringify({ id, connect: { client: randomUUID(), version: '0.0.0', ping, pong: true } }));
  }

  #onSubscribe(client: WebSocket, session: Session, { id, subscribe }: Type.Static<typeof Subscribe>): void {
    if (!session.isConnected || subscribe.channel !== CHANNEL) {
      client.send(JSON.stringify({ id, error: { code: PERMISSION_DENIED, message: 'permission denied' } }));
      return;
    }
    session.isSubscribed = true;
    this.#subscribed++;
    client.send(JSON.stringify({ id, subscribe: {} }));
  }

  #poll(): void {
    const { orders, nowMs } = this.#marketplace;
    for (let due = orders.hintsDue(nowMs, 'lis-skins', BATCH); due.length > 0; ) {
      const changed = due.filter((order) => this.#marketplace.statusOf(order).phase !== order.hintPhase);
      for (const order of due) {
        const { phase, nextChangeAtMs } = this.#marketplace.statusOf(order);
        orders.saveHint(order, { phase, tries: 0, dueAtMs: nextChangeAtMs });
      }
      this.#publish(changed.flatMap((order) => this.#linesOf(order)));
      due = due.length < BATCH ? [] : orders.hintsDue(nowMs, 'lis-skins', BATCH);
    }
    this.#alarm.set(nowMs);
  }

  #linesOf(order: Order): string[] {
    const { names, isRepeated, hasNonsense } = this.manner;
    const id = names === 'none' ? {} : { purchase_id: purchaseIdOf(order) };
    const data = {
      event: 'purchase_skin_info_updated',
      ...id,
      ...(names === 'both' ? { custom_id: order.reference } : {}),
    };
    const line = JSON.stringify({ push: { channel: CHANNEL, pub: { data } } });
    return [...(hasNonsense ? NONSENSE : []), line, ...(isRepeated ? [line] : [])];
  }

  #publish(lines: readonly string[]): void {
    if (lines.length === 0) return;
    if (this.manner.isJoined) this.send(['{}', ...lines].join('\n'));
    else for (const line of lines) this.send(line);
  }
}
