import { randomUUID } from 'node:crypto';
import { SIGNATURE_HEADER, sign } from 'skinrail/webhooks';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { saveCallbackUrl } from '../../src/callbacks/endpoint.ts';
import type { Merchant } from '../support/merchant.ts';
import { canRun, Project, RunningRecipe, recipes } from '../support/recipes.ts';
import { useWorld } from '../support/world.ts';

/** The recipes of `docs/guides/callback-recipes.md`, as they stand there, each a process that the real gateway sends to. */

const world = useWorld();
const project = new Project();
afterAll(() => project.remove());

async function callbacks(tradeId: string) {
  return world()
    .gateway.deps.db.selectFrom('callback')
    .select(['state', 'attempts'])
    .where('trade_id', '=', tradeId)
    .execute();
}

describe.each(recipes.map((recipe) => [recipe.heading, recipe] as const))('with the recipe for %s', (_name, recipe) => {
  let merchant: Merchant;
  let running: RunningRecipe;
  const isHere = canRun(recipe);

  beforeAll(async () => {
    if (!isHere) return;
    merchant = await world().merchant();
    running = await RunningRecipe.start(project, recipe, merchant.apiSecret);
    await saveCallbackUrl(world().gateway.deps, merchant.id, running.url);
  });
  afterAll(() => running?.stop());

  interface Changes {
    readonly id?: string;
    readonly time?: Date;
    readonly secret?: string;
    /** Instead of the body that was signed. */
    readonly body?: string;
    /** Makes it cheaper on its way. */
    readonly tamper?: boolean;
    readonly header?: string | null;
  }

  /** Posts what the gateway could have sent, but for what is said to be otherwise. */
  async function post(payload: unknown, changes: Changes = {}) {
    const { id = randomUUID(), time = new Date(), secret = merchant.apiSecret } = changes;
    const signed = JSON.stringify(payload);
    const sent = changes.tamper ? signed.replace('12.53', '0.01') : signed;
    const { body = sent, header = sign({ secret, id, time, body: signed }) } = changes;
    const headers = { 'content-type': 'application/json', ...(header === null ? {} : { [SIGNATURE_HEADER]: header }) };
    const answer = await fetch(running.url, { method: 'POST', headers, body });
    return { status: answer.status, text: await answer.text() };
  }

  const news = () => ({
    trade: { id: randomUUID(), type: 'withdraw', status: 'pending', totalPrice: 12.53, items: [] },
  });
  const question = (totalPrice: number) => ({ trade: { ...news().trade, status: 'initiated', totalPrice } });
  const timesTold = (tradeId: string) => running.printed.split(`trade ${tradeId} is `).length - 1;

  test.runIf(isHere)('I take every step of a purchase from the gateway at its first attempt', async () => {
    const trade = await merchant.buys([world().testListing('ships-at-once')]);
    await world().passes('10s');
    const told = await callbacks(trade.id);
    expect(told.length).toBeGreaterThanOrEqual(2);
    expect(told).toEqual(told.map(() => ({ state: 'delivered', attempts: 1 })));
    await world().until(() => timesTold(trade.id) === told.length, `${told.length} lines in: ${running.printed}`);
    expect(running.printed).toContain(`trade ${trade.id} is hold`);
  });

  test.runIf(isHere)('I deal once with what comes twice', async () => {
    const [payload, last] = [news(), news()];
    for (let times = 0; times < 3; times++) expect((await post(payload, { id: 'one-callback' })).status).toBe(200);
    await post(last);
    await world().until(() => timesTold(last.trade.id) === 1, `the last callback in: ${running.printed}`);
    expect(timesTold(payload.trade.id)).toBe(1);
  });

  test.runIf(isHere)('I approve a purchase, or reject it, by what I know', async () => {
    const cheap = await post(question(12.53));
    expect([cheap.status, cheap.text.includes('reject')]).toEqual([200, false]);
    const dear = question(500.01);
    for (let times = 0; times < 2; times++) {
      const answer = await post(dear);
      expect(answer.status).toBe(200);
      expect(JSON.parse(answer.text)).toEqual({ action: 'reject', reason: 'costs more than $500' });
    }
  });

  test.runIf(isHere)('I take what is signed with my secret as the second of two, and near my time', async () => {
    const payload = news();
    const [id, body] = ['rotating', JSON.stringify(payload)];
    const header = sign({ secret: 'the next', previousSecret: merchant.apiSecret, id, body });
    expect((await post(payload, { header })).status).toBe(200);
    for (const offMs of [-290_000, 290_000]) {
      expect((await post(news(), { time: new Date(Date.now() + offMs) })).status).toBe(200);
    }
  });

  test.runIf(isHere)('I answer a test of my URL, and take a callback of a kind that I do not know', async () => {
    const ping = { test: true, timestamp: new Date().toISOString(), message: 'a try' };
    expect((await post(ping, { header: null })).status).toBe(200);
    expect((await post({ sale: { id: 'sale-1' } })).status).toBe(200);
  });

  /** From when it is sent: the recipes before may have taken minutes. */
  const at = (offMs: number): Changes => ({
    get time() {
      return new Date(Date.now() + offMs);
    },
  });
  const genuine = sign({ secret: 'x', id: 'a', body: 'b' });
  test.runIf(isHere).each<[string, Changes]>([
    ['one without a signature', { header: null }],
    ['one whose body was changed', { tamper: true }],
    ['one whose body is no JSON', { body: 'trade' }],
    ['one that somebody else has signed', { secret: 'another' }],
    ['one that is six minutes old', at(-360_000)],
    ['one that is six minutes ahead', at(360_000)],
    ['one with another signature', { header: genuine }],
    ['one with a header of nonsense', { header: 'nonsense' }],
    ['one whose time is none', { header: genuine.replace(/t=[^,]*/, 't=noon') }],
    ['one with a signature that is cut', { header: genuine.slice(0, -1) }],
  ])('I refuse %s, and do nothing about it', async (_what, changes) => {
    const payload = news();
    const answer = await post(payload, changes);
    expect([400, 401]).toContain(answer.status);
    const last = news();
    await post(last);
    await world().until(() => timesTold(last.trade.id) === 1, `the last callback in: ${running.printed}`);
    expect(timesTold(payload.trade.id)).toBe(0);
  });
});
