import { describe, expect, test } from 'vitest';
import { accounts, type Client } from '../support/client.ts';
import { useWorld } from '../support/world.ts';

/** What one client of a merchant can use up, and what all of them together can. */

const world = useWorld();
const { ann, ben } = accounts;

describe('a client that calls without end', () => {
  const asksOften = async (client: Client, times: number) => {
    const answers = await Promise.all(Array.from({ length: times }, () => client.cancels('none', 'none')));
    return answers.map((answer) => answer.status).toSorted();
  };

  test('uses up its share of what my clients may ask for, and is told so; the others go on', async () => {
    const merchant = await world().merchant({ verified: false });
    expect(await asksOften(merchant.client(ann), 30)).toEqual([...Array(5).fill(404), ...Array(25).fill(429)]);
    const refused = await merchant.client(ann).cancels('none', 'none');
    expect(refused.body.error).toMatchObject({ key: 'RATE_LIMITED', details: { scope: 'client' } });
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await asksOften(merchant.client(ben), 5)).toEqual(Array(5).fill(404));
  });

  test('is one client whatever clientId its tokens have', async () => {
    const merchant = await world().merchant({ verified: false });
    await asksOften(merchant.client(ann, 'user-7'), 5);
    expect(await asksOften(merchant.client(ann, 'renamed'), 1)).toEqual([429]);
  });

  test('has its share on each route by itself', async () => {
    const merchant = await world().merchant({ verified: false });
    await asksOften(merchant.client(ann), 6);
    expect((await merchant.client(ann).call('GET', '/client/trades')).status).toBe(200);
    expect((await merchant.client(ann).cancelsTrade('none')).status).toBe(404);
  });

  test('and all clients together are stopped by the limit that they share', async () => {
    const merchant = await world().merchant({ verified: false });
    await asksOften(merchant.client(ann), 5);
    await asksOften(merchant.client(ben), 5);
    const carl = { steamId: '76561198000000003', tradeUrl: ann.tradeUrl.replace('39734273', '39734275') };
    const refused = await merchant.client(carl).cancels('none', 'none');
    expect(refused.body.error).toMatchObject({ key: 'RATE_LIMITED', details: { scope: 'allClients' } });
  });
});
