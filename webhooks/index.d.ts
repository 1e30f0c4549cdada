/** The header that a callback is signed in, as Node spells header names. */
export const SIGNATURE_HEADER: 'x-assetpay-signature';

/** The bytes of a body as they came; `undefined` or `null` stand for a request without one. */
export type RawBody = string | Uint8Array | ArrayBuffer | null | undefined;

/** What is signed: the callback's id, the time of this attempt, and the body's bytes. */
export interface Signing {
  readonly secret: string;
  /** Signed with as well, as `s1`: for receivers that do not know the new secret yet. */
  readonly previousSecret?: string | null;
  readonly id: string;
  /** An instant of ISO 8601 with its zone; now, when it is left out. */
  readonly time?: string | Date;
  readonly body: RawBody;
}

/**
 * The value of the header: `t=<time>,id=<callback>,s=<hex>[,s1=<hex>]`. For your own tests.
 * @throws TypeError for an empty secret, and for an id or a time that the header could not carry
 */
export function sign(signing: Signing): string;

/** Headers as Node, Express and Fastify have them, or those of a fetch-style request. */
export type RequestHeaders =
  | { get(name: string): string | null }
  | Readonly<Record<string, string | readonly string[] | undefined>>;

interface Received {
  readonly body: RawBody;
  /** What to hold the signature's time against, in milliseconds if it is a number; now, when it is left out. */
  readonly now?: Date | number;
  /** How far the signature's time may be off, either way; five minutes unless you say otherwise, a day at the most. */
  readonly toleranceMs?: number;
}

type WithSecrets = { readonly secret: string } | { readonly secrets: readonly string[] };
type WithHeader = { readonly header: string | null | undefined } | { readonly headers: RequestHeaders };

export type Verification = Received & WithSecrets & WithHeader;

/** Why a callback is not to be believed. */
export type Refusal =
  | 'missing_header'
  | 'malformed_header'
  | 'too_old'
  | 'too_far_ahead'
  | 'wrong_signature'
  | 'body_not_json';

/** Which kind of callback it is; `other` is one that this version does not know, to be answered with 2xx. */
export type Kind = 'approval' | 'trade' | 'test' | 'other';

export type Payload =
  | { readonly kind: 'approval' | 'trade'; readonly payload: { readonly trade: Trade } }
  | { readonly kind: 'test'; readonly payload: TestPing }
  | { readonly kind: 'other'; readonly payload: unknown };

/** A callback that is genuine; `id` is the id in its signature. */
export type Genuine = { readonly ok: true; readonly id: string } & Payload;

export type Verdict = Genuine | { readonly ok: false; readonly reason: Refusal };

/**
 * Whether a callback comes from the gateway, is whole and is recent. Both signatures of the header are tried with each
 * of your secrets.
 * @throws TypeError when there is no secret, when `now` or `toleranceMs` is not what it should be, or when the body was
 * parsed already: mistakes of the program
 */
export function verify(verification: Verification): Verdict;

/** `approval` asks whether to buy; `trade` reports a step of a trade. */
export function kindOf(payload: unknown): Kind;

/**
 * The key of a repeat: for an approval request the trade, because each attempt has a signature `id` of its own; for all
 * others the `id`.
 */
export function dedupeKey(callback: { readonly id: string; readonly payload: unknown }): string;

/** The unsigned message that is sent once when a callback URL is saved. Takes the raw body or the parsed one. */
export function isTestPing(bodyOrPayload: unknown): boolean;

/** An answer for any framework; it can be given to `new Response(answer.body, answer)` as it is. */
export interface Answer {
  readonly status: number;
  readonly headers: { readonly 'content-type': 'application/json' };
  readonly body: string;
}

/** The answer that approves a purchase. */
export function approve(): Answer;

/** The answer that rejects a purchase before anything is bought; 500 characters of the reason are kept. */
export function reject(reason: string): Answer;

export interface TestPing {
  readonly test: true;
  readonly timestamp?: string;
  readonly message?: string;
}

export type Status =
  | 'initiated'
  | 'pending'
  | 'active'
  | 'hold'
  | 'completed'
  | 'failed'
  | 'canceled'
  | 'declined'
  | 'reverted';

/** A trade as it was when the callback was recorded. Fields may be added; what does not apply is left out. */
export interface Trade {
  readonly id: string;
  readonly type: 'deposit' | 'withdraw';
  readonly source: 'client' | 'self';
  readonly externalId?: string;
  /** Your own id of the client who withdraws. */
  readonly externalClientUserId?: string;
  readonly merchantId: string;
  readonly clientUserId: string;
  readonly clientTradeUrl: string;
  readonly clientSteamID: string;
  readonly offerID?: string;
  readonly status: Status;
  readonly game: string;
  readonly items: readonly Item[];
  /** US dollars. */
  readonly totalPrice: number;
  /** US dollars. The most that it can cost, while that is more than `totalPrice`. */
  readonly reservedPrice?: number;
  readonly holdEndDate?: string;
  readonly revertedBy?: 'supplier' | 'user';
  readonly error?: string;
  readonly activeAt?: string;
  /** When items that are not sent yet are cancelled; absent where that is off. */
  readonly autoCancelAt?: string;
  readonly createdAt: string;
  readonly updatedAt: string;
}

export interface Pictured {
  readonly name: string;
  readonly iconUrl: string;
  readonly marketHashName?: string;
}

export interface Sticker extends Pictured {
  readonly slot: number;
  readonly wear?: number;
}

export interface Item {
  readonly id: string;
  readonly externalId?: string;
  readonly assetId?: string;
  readonly appid: number;
  /** The market name without the exterior. */
  readonly name?: string;
  readonly marketHashName?: string;
  readonly type?: string;
  readonly iconUrl?: string;
  readonly exterior?: string;
  readonly rarity?: string;
  /** Of the rarity: `#` and six hex digits. */
  readonly color?: string;
  /** Float value. */
  readonly wear?: string;
  readonly paintSeed?: number;
  readonly previewToken?: string;
  readonly doppler?: { readonly name: string; readonly paintIndex?: number };
  readonly fade?: { readonly percentage: number };
  readonly stickers?: readonly Sticker[];
  readonly charm?: Pictured;
  readonly tradable: boolean;
  readonly amount?: number;
  readonly status?: Status;
  readonly error?: string;
  /** US dollars. */
  readonly offer?: { readonly price: number };
  /** The newest request to cancel the item, and since when it has this status. */
  readonly cancellation?: {
    readonly status: 'requested' | 'unknown' | 'accepted' | 'refused' | 'settled' | 'lost';
    readonly since: string;
    /** Why it was refused, or what it waits for. */
    readonly reason?: string;
  };
}
