import { expect } from 'vitest';
import type { MemberRole, StaffRole } from '../../src/core/roles.ts';
import type { PersonRow } from '../../src/db/tables.ts';
import { makeLink } from '../../src/people/links.ts';
import { addPerson } from '../../src/people/people.ts';
import type { Answer } from './merchant.ts';
import { recordCall } from './record-calls.ts';
import type { World } from './world.ts';

/** A browser at the operator API: it keeps the cookie, and says from where its requests come. */
export class Visitor {
  readonly #baseUrl: string;
  cookie: string | null = null;

  constructor(baseUrl: string) {
    this.#baseUrl = baseUrl;
  }

  /** @param headers replace those that a browser sends; an empty one is left out */
  async call(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answer> {
    const sent = {
      'sec-fetch-site': 'same-origin',
      origin: new URL(this.#baseUrl).origin,
      ...(this.cookie ? { cookie: this.cookie } : {}),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    };
    const response = await fetch(this.#baseUrl + path, {
      method,
      headers: Object.fromEntries(Object.entries(sent).filter(([, value]) => value !== '')),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const [set] = response.headers.getSetCookie();
    if (set !== undefined) this.cookie = /=;/.test(set) ? null : (set.split(';', 1)[0] ?? null);
    recordCall(method, path, body, response.status);
    const type = response.headers.get('content-type');
    const isJson = type?.startsWith('application/json');
    const isEndless = type?.startsWith('text/event-stream');
    const text = isEndless ? '' : await response.text();
    if (isEndless) await response.body?.cancel();
    return {
      status: response.status,
      headers: response.headers,
      body: isJson ? JSON.parse(text) : { success: true, data: text },
    };
  }

  /** Opens a stream. Aborting the signal closes it. */
  async opens(path: string, signal: AbortSignal): Promise<ReadableStream<string>> {
    const response = await fetch(this.#baseUrl + path, { headers: { cookie: this.cookie ?? '' }, signal });
    expect(response.status).toBe(200);
    if (!response.body) throw new Error(`${path} has no body`);
    return response.body.pipeThrough(new TextDecoderStream());
  }

  /** The data of an answer that must be a success. */
  // biome-ignore lint/suspicious/noExplicitAny: each test checks what it reads
  async gets(path: string): Promise<any> {
    return this.#succeeds('GET', path);
  }

  // biome-ignore lint/suspicious/noExplicitAny: each test checks what it reads
  async does(method: string, path: string, body?: unknown): Promise<any> {
    return this.#succeeds(method, path, body);
  }

  /** The error's key of an answer that must be none. */
  async isRefused(method: string, path: string, body?: unknown): Promise<string> {
    const { body: answer } = await this.call(method, path, body);
    expect(answer.success).toBe(false);
    return answer.error?.key ?? 'none';
  }

  async #succeeds(method: string, path: string, body?: unknown) {
    const { status, body: answer } = await this.call(method, path, body);
    expect(answer.error).toBeUndefined();
    expect(status).toBe(200);
    return answer.data;
  }
}

let people = 0;

/** People of a test's gateway. */
export function usePeople(world: () => World) {
  const emailOf = (role: string) => `${role}-${++people}@example.com`;

  async function add(role: StaffRole | MemberRole, merchantId: string | null = null): Promise<PersonRow> {
    return addPerson(world().gateway.deps, { merchantId, email: emailOf(role), name: `The ${role}`, role });
  }

  /** Someone who has just signed in, without a password. */
  async function signedIn(role: StaffRole | MemberRole, merchantId: string | null = null) {
    const person = await add(role, merchantId);
    const { token } = await makeLink(world().gateway.deps, person, { purpose: 'sign-in', actor: 'test' });
    const visitor = new Visitor(world().baseUrl);
    await visitor.does('POST', '/operator/v1/links/use', { token });
    return Object.assign(visitor, { person });
  }

  /** Someone who has set a password after an invitation, and is signed in. */
  async function invited(role: StaffRole | MemberRole, password: string, merchantId: string | null = null) {
    const person = await add(role, merchantId);
    const { token } = await makeLink(world().gateway.deps, person, { purpose: 'invitation', actor: 'test' });
    const visitor = new Visitor(world().baseUrl);
    await visitor.does('POST', '/operator/v1/links/use', { token, password });
    return Object.assign(visitor, { person });
  }

  return { add, signedIn, invited, stranger: () => new Visitor(world().baseUrl) };
}
