import { execFile } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { GatewayProcess } from './gateway-process.ts';
import type { TestListing } from './shop-client.ts';

/** A week of trades of several merchants, for looking around in the console. */

const MAIN = new URL('../../src/main.ts', import.meta.url).pathname;
const HOURS_PER_STEP = 4;
const STEPS_PER_DAY = 24 / HOURS_PER_STEP;
const DAYS = 7;
/** In the last steps the last merchant's server fails, which is what someone has to find. */
const FAILING_STEPS = 10;
const FEE_BPS = 150;
/** So that what became due by a jump of the clock is done before the next one. */
const STEP_MS = 400;
const NAMES = ['Skin Harbour', 'Rust Bazaar', 'Knife Corner'];
const TRADE_URL = 'https://steamcommunity.com/tradeoffer/new/?partner=39734273&token=AbCdEf12';

/** What is bought in the week; the names say how their sellers behave. */
const USUAL = ['ships-at-once', 'ships-later', 'never-ships', 'recipient-declines', 'seller-fails', 'price-raised'];
const CANCELLED = ['never-ships', 'cancel-confirmed-later'];
/** What is bought four hours before the end, and is still open then. */
const OPEN = ['buy-answer-lost-found-too-late', 'buy-never-arrives', 'cancel-503', 'unknown-word', 'never-ships'];

export interface Merchant {
  readonly id: string;
  readonly name: string;
  readonly apiKey: string;
}

/**
 * Plays the week.
 * @param days more than seven show purchases whose seven days of hold are over
 */
export async function playWeek(
  gateway: GatewayProcess,
  say: (line: string) => void,
  days = DAYS,
): Promise<readonly Merchant[]> {
  const receiver = await startReceiver();
  const owner = await Operator.signIn(gateway.baseUrl, await signInLink(gateway.dataDir));
  const merchants: Merchant[] = [];
  for (const [index, name] of NAMES.entries()) {
    merchants.push(await addMerchant(owner, name, `${receiver.url}/${index}`));
    say(`     ${name} has an account, $5,000 and a callback URL`);
  }
  const shop = await Shop.open(gateway);
  const steps = days * STEPS_PER_DAY;
  for (let step = 0; step < steps; step++) {
    receiver.fails = step >= steps - FAILING_STEPS;
    for (const merchant of merchants) {
      if (step === steps - 1) await shop.leavesOpen(merchant);
      await shop.trades(merchant, step);
    }
    await shop.advances(`${HOURS_PER_STEP}h`);
    if ((step + 1) % STEPS_PER_DAY === 0) say(`     day ${(step + 1) / STEPS_PER_DAY} is over`);
  }
  return merchants;
}

/** The merchants' servers. They approve every purchase; the last one fails to take callbacks while `fails` is true. */
async function startReceiver(): Promise<{ readonly url: string; fails: boolean }> {
  const server = createServer(async (request, response) => {
    const body = await text(request).catch(() => '');
    const isQuestion = body.includes('"status":"initiated"');
    const isFailing = receiver.fails && request.url === `/${NAMES.length - 1}` && !isQuestion;
    response.writeHead(isFailing ? 503 : 200).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  server.unref();
  const { port } = server.address() as AddressInfo; // it listens on a port
  const receiver = { url: `http://127.0.0.1:${port}`, fails: false };
  return receiver;
}

/** A person at the operator API. */
export class Operator {
  readonly #baseUrl: string;
  /** Its name and value, as browsers send it. */
  readonly cookie: string;

  private constructor(baseUrl: string, cookie: string) {
    this.#baseUrl = baseUrl;
    this.cookie = cookie;
  }

  /** @param password what the link of an invitation sets */
  static async signIn(baseUrl: string, link: string, password?: string): Promise<Operator> {
    const token = link.split('#').at(-1) ?? '';
    const answer = await post(`${baseUrl}/operator/v1/links/use`, { origin: baseUrl }, { token, password });
    const cookie = answer.headers.getSetCookie()[0]?.split(';', 1)[0];
    if (!cookie) throw new Error(`the link ${link} signed nobody in: ${await answer.text()}`);
    return new Operator(baseUrl, cookie);
  }

  /**
   * @param path below `/operator/v1`
   * @returns the data of the answer
   * @throws Error for a refusal
   */
  async does(method: string, path: string, body?: unknown): Promise<Record<string, unknown>> {
    const headers = { origin: this.#baseUrl, cookie: this.cookie };
    const answer = await post(`${this.#baseUrl}/operator/v1${path}`, headers, body, method);
    const envelope = (await answer.json()) as { data?: Record<string, unknown>; error?: unknown }; // the gateway's envelope
    if (!envelope.data) throw new Error(`${method} ${path}: ${JSON.stringify(envelope.error)}`);
    return envelope.data;
  }
}

async function addMerchant(owner: Operator, name: string, callbackUrl: string): Promise<Merchant> {
  const created = await owner.does('POST', '/merchants', { name, verified: true, feeBps: FEE_BPS });
  const { id } = created['merchant'] as { id: string }; // the documented shape
  const credit = { direction: 'credit', amount: '5000.00', reference: 'first-funding', reason: 'The demo' };
  await owner.does('POST', `/merchants/${id}/funding`, credit);
  await owner.does('PUT', `/merchants/${id}/callback-url`, { url: callbackUrl });
  const { apiKey } = await owner.does('POST', `/merchants/${id}/keys`, {});
  return { id, name, apiKey: String(apiKey) };
}

/** The merchants' own code, at the public API. */
class Shop {
  readonly #baseUrl: string;
  readonly #listings: readonly TestListing[];
  /** Trades that wait for their seller, oldest first, with their merchant. */
  readonly #waiting: { readonly merchant: Merchant; readonly tradeId: string; readonly itemId: string }[] = [];
  #bought = 0;

  private constructor(baseUrl: string, listings: readonly TestListing[]) {
    this.#baseUrl = baseUrl;
    this.#listings = listings;
  }

  static async open({ baseUrl }: GatewayProcess): Promise<Shop> {
    const answer = await fetch(`${baseUrl}/sandbox/listings`);
    const { data } = (await answer.json()) as { data: TestListing[] }; // as documented
    return new Shop(baseUrl, data);
  }

  /** What a merchant does in some hours: one to three buys, and sometimes a cancel of an item that was not sent. */
  async trades(merchant: Merchant, step: number): Promise<void> {
    for (let buy = 0; buy <= (step + merchant.name.length) % 3; buy++) {
      await this.#buys(merchant, USUAL[this.#bought % USUAL.length] ?? 'ships-at-once');
    }
    if (step % 3 !== 0) return;
    const next = this.#waiting.findIndex((each) => each.merchant === merchant);
    const [item] = next < 0 ? [] : this.#waiting.splice(next, 1);
    if (item) await this.#call(merchant, 'POST', `/secure/buy/${item.tradeId}/items/${item.itemId}/cancel`);
  }

  async leavesOpen(merchant: Merchant): Promise<void> {
    for (const behaviour of OPEN) await this.#buys(merchant, behaviour);
  }

  async advances(advance: string): Promise<void> {
    await post(`${this.#baseUrl}/sandbox/clock`, {}, { advance });
    await pause(STEP_MS);
  }

  /** A refusal is a part of the week as well: a listing can be sold already. */
  async #buys(merchant: Merchant, behaviour: string): Promise<void> {
    const copies = this.#listings.filter((each) => each.behaviour === behaviour && each.game === '730');
    const listing = copies[this.#bought++ % Math.max(1, copies.length)];
    if (!listing) throw new Error(`no test listing has the behaviour ${behaviour}`);
    const order = { externalId: `order-${1000 + this.#bought}`, game: '730', tradeUrl: TRADE_URL };
    const items = [{ itemId: listing.id, price: listing.price }];
    const trade = await this.#call(merchant, 'POST', '/secure/buy', { ...order, items });
    const tradeId = trade?.['id'];
    if (typeof tradeId === 'string' && CANCELLED.includes(behaviour)) {
      this.#waiting.push({ merchant, tradeId, itemId: listing.id });
    }
  }

  async #call(
    { apiKey }: Merchant,
    method: string,
    path: string,
    body?: unknown,
  ): Promise<Record<string, unknown> | undefined> {
    const answer = await post(this.#baseUrl + path, { 'api-key': apiKey }, body, method);
    const { data } = (await answer.json()) as { data?: Record<string, unknown> }; // the gateway's envelope
    return data;
  }
}

function post(url: string, headers: Record<string, string>, body: unknown, method = 'POST'): Promise<Response> {
  if (body === undefined) return fetch(url, { method, headers });
  return fetch(url, {
    method,
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
}

/** Runs `skinrail staff sign-in`, as a person does who looks at a sandbox. @returns the link, which works once */
export async function signInLink(dataDir: string): Promise<string> {
  const args = ['--disable-warning=ExperimentalWarning', MAIN, 'staff', 'sign-in', '--json'];
  const { stdout } = await promisify(execFile)(process.execPath, args, { env: { ...process.env, DATA_DIR: dataDir } });
  const { link } = JSON.parse(stdout) as { link: string }; // what the command prints
  return link;
}
