import { beforeAll, describe, expect, test } from 'vitest';
import type { ListingWire } from '../../src/market/wire.ts';
import { accounts, Client } from '../support/client.ts';
import { cents, dollars, type Merchant } from '../support/merchant.ts';
import { useWorld } from '../support/world.ts';

const DEAR_FEE_BPS = 725;
const world = useWorld();

/** Two whose fees differ, so that a price without a fee, or with another's, is seen. */
let cheap: Merchant;
let dear: Merchant;
beforeAll(async () => {
  cheap = await world().merchant({ feeBps: 150 });
  dear = await world().merchant({ feeBps: DEAR_FEE_BPS, funds: 100_000 });
});

type Query = Readonly<Record<string, string | number | boolean>>;

interface Page {
  readonly items: ListingWire[];
  readonly count: number;
}

function params(query: Query): URLSearchParams {
  return new URLSearchParams(Object.entries(query).map(([name, value]): [string, string] => [name, String(value)]));
}

async function market(query: Query = {}, by: Pick<Merchant, 'call'> = cheap, path = '/secure/market'): Promise<Page> {
  const text = params(query);
  const { status, body } = await by.call('GET', `${path}?${text}`);
  expect({ status, error: body.error }).toEqual({ status: 200, error: undefined });
  return body.data;
}

const RUST = { game: 252490 };
const all = (query: Query = {}, by = cheap) => market({ perPage: -1, ...query }, by);
const namesOf = ({ items }: Page) => items.map(({ marketHashName }) => marketHashName);
const pricesOf = ({ items }: Page) => items.map(({ offer }) => cents(offer.price));
const idsOf = ({ items }: Page) => items.map(({ id }) => id);
const ascending = (numbers: readonly number[]) => numbers.toSorted((a, b) => a - b);
const byCodeUnits = (a: string, b: string) => (a.toLowerCase() < b.toLowerCase() ? -1 : 1);

describe('the market page', () => {
  test('has a row for each CS2 item, with its cheapest listing and the id to see the others by', async () => {
    const { items, count } = await all();
    expect(count).toBe(items.length);
    expect(count).toBeGreaterThan(300);
    expect(new Set(items.map(({ itemId }) => itemId)).size).toBe(count);
    const row = items.find(({ marketHashName }) => marketHashName === 'AK-47 | Never Ships (Field-Tested)');
    const { body } = await cheap.call('GET', `/secure/market/item?itemId=${row?.itemId}`);
    expect(body.data[0]).toEqual({ ...row, itemId: undefined });
    expect(body.data[0].itemId).toBeUndefined();
    expect(row?.id).toBe(world().testListing('never-ships').id);
  });

  test('has a row for each Rust listing, without an item id', async () => {
    const page = await all(RUST);
    expect(new Set(namesOf(page)).size).toBeLessThan(page.count);
    const never = page.items.filter(({ marketHashName }) => marketHashName === 'Garage Door | Never Ships');
    expect(never).toHaveLength(5);
    expect(page.items.every(({ itemId, appid }) => itemId === undefined && appid === 252490)).toBe(true);
  });

  test('shows what its marketplace says of an item: pictures, wear, stickers, phase', async () => {
    const { items } = await all();
    const has = (field: keyof ListingWire) => items.filter((row) => row[field] !== undefined).length;
    for (const field of ['iconUrl', 'exterior', 'wear', 'paintSeed'] as const) {
      expect([field, has(field)]).not.toEqual([field, 0]);
    }
    const knives = await market({ search: 'doppler', perPage: -1 });
    expect(knives.items.find(({ doppler }) => doppler)?.doppler?.name).toMatch(/^Phase|^[A-Z]/);
    const sticker = items.find(({ stickers }) => stickers)?.stickers?.[0];
    expect(sticker).toMatchObject({ name: expect.any(String), slot: expect.any(Number), iconUrl: expect.any(String) });
    expect(items.filter((row) => Object.values(row).some((value: unknown) => value === null))).toEqual([]);
  });

  test('goes page by page, 50 rows to a page unless I say otherwise', async () => {
    const { count } = await market();
    const whole = await all({ sort: 'priceAsc' });
    expect((await market()).items).toHaveLength(50);
    const perPage = 70;
    const pages = Math.ceil(count / perPage);
    const seen: string[] = [];
    for (let page = 1; page <= pages + 1; page++) {
      const { items, count: again } = await market({ sort: 'priceAsc', perPage, page });
      expect(again).toBe(count);
      expect(items).toHaveLength(page > pages ? 0 : Math.min(perPage, count - (page - 1) * perPage));
      seen.push(...items.map(({ id }) => id));
    }
    // A price may have moved while I turned the pages.
    expect(new Set(seen).size).toBeGreaterThan(count * 0.95);
    expect(new Set(idsOf(whole)).size).toBe(whole.count);
    expect((await all({ page: 2 })).items).toEqual([]);
  });

  test('with perPage -1 everything is on one page, in the order of the pages', async () => {
    const query = { ...RUST, search: 'never ships', sort: 'priceDesc' };
    const pages = await Promise.all([1, 2, 3].map((page) => market({ ...query, perPage: 2, page })));
    expect(pages.flatMap(({ items }) => items)).toEqual((await all(query)).items);
  });
});

describe('sorting', () => {
  test('by price, either way', async () => {
    for (const game of [730, 252490]) {
      const up = pricesOf(await all({ game, sort: 'priceAsc' }));
      expect(up).toEqual(ascending(up));
      const down = pricesOf(await all({ game, sort: 'priceDesc' }));
      expect(down).toEqual(ascending(down).reverse());
    }
  });

  test('by name, either way; within a Rust name cheapest first', async () => {
    for (const game of [730, 252490]) {
      const up = namesOf(await all({ game, sort: 'nameAsc' }));
      expect([...new Set(up)]).toEqual([...new Set(up)].toSorted(byCodeUnits));
      const down = namesOf(await all({ game, sort: 'nameDesc' }));
      expect([...new Set(down)]).toEqual([...new Set(up)].reverse());
    }
    for (const sort of ['nameAsc', 'nameDesc']) {
      const { items } = await all({ ...RUST, sort });
      for (const rows of Map.groupBy(items, ({ marketHashName }) => marketHashName).values()) {
        const prices = rows.map(({ offer }) => cents(offer.price));
        expect(prices).toEqual(ascending(prices));
      }
    }
  });

  test('without a request it is by relevance, which without a search is by name', async () => {
    expect(namesOf(await market())).toEqual(namesOf(await market({ sort: 'nameAsc' })));
    expect(namesOf(await market({ search: 'ak' }))).toEqual(namesOf(await market({ search: 'ak', sort: 'relevance' })));
  });

  test('by relevance the whole name comes first, then beginnings, whole words and parts', async () => {
    const found = namesOf(await all({ ...RUST, search: 'rock', sort: 'relevance' }));
    expect(found[0]).toMatch(/^rock/i);
    const ranks = found.map((name) => {
      const lower = name.toLowerCase();
      if (lower === 'rock') return 0;
      if (lower.startsWith('rock')) return 1;
      return /\brock\b/.test(lower) ? 2 : 3;
    });
    expect(ranks).toEqual(ascending(ranks));
    const exact = 'AWP | Refuses To Cancel (Minimal Wear)';
    expect(namesOf(await market({ search: exact }))).toEqual([exact]);
  });
});

describe('searching', () => {
  test('finds names that hold every word, in any order and in any case', async () => {
    const everything = namesOf(await all());
    for (const search of ['ak-47', 'SHIPS never', 'field ak', '  ak-47   ships  ', 'ships)', '(field-tested)', '★']) {
      const words = search.toLowerCase().split(' ').filter(Boolean);
      const expected = everything.filter((name) => words.every((word) => name.toLowerCase().includes(word)));
      for (const sort of ['relevance', 'nameAsc', 'priceAsc', 'priceDesc']) {
        const page = await all({ search, sort });
        expect(namesOf(page).toSorted(byCodeUnits), `${search} ${sort}`).toEqual(expected.toSorted(byCodeUnits));
        expect(page.count).toBe(expected.length);
      }
    }
  });

  test('for nothing but blanks is no search; for what nobody sells is an empty page, not an error', async () => {
    expect((await market({ search: '   ' })).count).toBe((await market()).count);
    expect((await market({ search: '' })).count).toBe((await market()).count);
    expect(await market({ search: 'zzz nobody sells this' })).toEqual({ items: [], count: 0 });
    expect(await market({ search: '.*' })).toEqual({ items: [], count: 0 });
  });

  test('narrows before pages are made: count is all that match', async () => {
    const whole = await all({ ...RUST, search: 'ships' });
    const page = await market({ ...RUST, search: 'ships', perPage: 3, page: 2 });
    expect(page.items).toEqual(whole.items.slice(3, 6));
    expect(page.count).toBe(whole.count);
    expect(whole.count).toBeGreaterThan(6);
  });
});

describe('a price range', () => {
  test.each(['relevance', 'priceAsc', 'priceDesc', 'nameAsc', 'nameDesc'])(
    'by %s has both of its ends, to the cent',
    async (sort) => {
      for (const [by, game] of [
        [cheap, 730],
        [dear, 252490],
      ] as const) {
        // test listings keep their prices, so the same page can be asked for again.
        const query = { game, search: game === 730 ? 'never ships' : 'ships', sort };
        const prices = ascending(pricesOf(await all(query, by)));
        const [low = 0, high = 0] = [prices[1] ?? prices[0], prices.at(-2)];
        const within = (from: number, to: number) => prices.filter((price) => price >= from && price <= to);
        for (const [from, to] of [
          [low, high],
          [low + 1, high],
          [low, high - 1],
          [high, high],
          [high, low - 1],
        ] as const) {
          const page = await all({ ...query, minPrice: dollars(from), maxPrice: dollars(to) }, by);
          expect(ascending(pricesOf(page)), `${from} to ${to}`).toEqual(within(from, to));
          expect(page.count).toBe(within(from, to).length);
        }
      }
    },
  );

  test('may be open on either side, which null and nothing say as well', async () => {
    const query = { ...RUST, search: 'ships' };
    const { count } = await all(query);
    expect((await all({ ...query, minPrice: 0 })).count).toBe(count);
    expect((await all({ ...query, minPrice: 'null', maxPrice: 'null' })).count).toBe(count);
    expect((await all({ ...query, minPrice: '', maxPrice: '' })).count).toBe(count);
    expect((await all({ ...query, maxPrice: 0 })).count).toBe(0);
    expect((await all({ ...query, minPrice: 1_000_000 })).count).toBe(0);
    expect((await all({ ...query, maxPrice: Number.MAX_SAFE_INTEGER })).count).toBe(count);
    expect((await all({ ...query, minPrice: Number.MAX_SAFE_INTEGER })).count).toBe(0);
  });

  test('with parts of a cent lets no price through that is outside', async () => {
    const { price } = (await all({ search: 'AK-47 | Never Ships' })).items[0]?.offer ?? { price: 0 };
    const found = async (bounds: Query) => (await all({ search: 'AK-47 | Never Ships', ...bounds })).count;
    expect(await found({ minPrice: `${price}0001` })).toBe(0);
    expect(await found({ maxPrice: `${price}9` })).toBe(1);
    expect(await found({ minPrice: `${dollars(cents(price) - 1)}9`, maxPrice: price })).toBe(1);
  });
});

describe('my fee', () => {
  test('is inside every price I see, whatever I ask', async () => {
    const asked = [
      '/secure/market?search=never%20ships&perPage=-1',
      '/secure/market?game=252490&search=ships&perPage=-1&sort=priceDesc',
      `/secure/market/item?marketHashName=${encodeURIComponent('AK-47 | Never Ships (Field-Tested)')}`,
    ];
    for (const path of asked) {
      const [mine, other] = await Promise.all([cheap, dear].map((by) => by.call('GET', path)));
      const rows = (answer: typeof mine): ListingWire[] => answer?.body.data.items ?? answer?.body.data;
      for (const row of rows(mine)) {
        const theirs = rows(other).find(({ id }) => id === row.id);
        const ratio = cents(theirs?.offer.price ?? 0) / cents(row.offer.price);
        expect(ratio, row.marketHashName).toBeGreaterThan(1.05);
        expect(ratio, row.marketHashName).toBeLessThan(1.07);
      }
      expect(rows(mine).length).toBeGreaterThan(0);
    }
  });

  test('is inside the prices of /secure/prices, which are the cheapest there are', async () => {
    for (const by of [cheap, dear]) {
      const { body } = await by.call('GET', '/secure/prices');
      const name = 'AK-47 | Never Ships (Field-Tested)';
      const row = body.data.find((each: { marketHashName: string }) => each.marketHashName === name);
      const [first] = (await market({ search: 'AK-47 | Never Ships' }, by)).items;
      expect(row).toEqual({
        itemId: first?.itemId,
        marketHashName: name,
        accepted: false,
        deposit: 0,
        withdraw: { standard: first?.offer.price, instant: null },
      });
    }
  });
});

describe('prices', () => {
  const pricesBy = async (query: string) => (await cheap.call('GET', `/secure/prices${query}`)).body.data;

  test('of CS2 have a row for each item; a Doppler’s has its phases, and their floor', async () => {
    const rows = await pricesBy('');
    expect(rows).toHaveLength((await market()).count);
    const knife = rows.find(
      ({ marketHashName }: ListingWire) => marketHashName === '★ Karambit | Ships Later (Factory New)',
    );
    expect(knife.phases.map(({ phase }: { phase: string }) => phase)).toEqual([
      'Phase 1',
      'Phase 2',
      'Phase 3',
      'Phase 4',
    ]);
    const floors = knife.phases.map(({ withdraw }: typeof knife) => cents(withdraw.standard));
    expect(Math.min(...floors)).toBe(cents(knife.withdraw.standard));
    expect(knife.phases[0]).toEqual({
      phase: 'Phase 1',
      accepted: false,
      deposit: 0,
      withdraw: { standard: expect.any(Number), instant: null },
    });
    const instant = rows.find(
      ({ marketHashName }: ListingWire) => marketHashName === 'AK-47 | Ships At Once (Field-Tested)',
    );
    expect(instant.withdraw).toEqual({ standard: null, instant: 12.53 });
    expect(instant.phases).toBeUndefined();
  });

  test('of Rust have a row for each name, and no item id', async () => {
    const rows = await pricesBy('?game=252490');
    expect(new Set(rows.map(({ marketHashName }: ListingWire) => marketHashName)).size).toBe(rows.length);
    expect(rows.find(({ marketHashName }: ListingWire) => marketHashName === 'Garage Door | Never Ships')).toEqual({
      marketHashName: 'Garage Door | Never Ships',
      accepted: false,
      deposit: 0,
      withdraw: world().rustListing('never-ships').price,
    });
  });
});

describe('listings of one item', () => {
  const KNIFE = '★ Karambit | Ships Later (Factory New)';
  const item = async (query: Query): Promise<ListingWire[]> => {
    const text = params(query);
    const { status, body } = await cheap.call('GET', `/secure/market/item?${text}`);
    expect({ status, error: body.error }).toEqual({ status: 200, error: undefined });
    return body.data;
  };

  test('of each phase and all floats add up to all of them', async () => {
    const whole = await item({ marketHashName: KNIFE });
    const byPhase = await Promise.all(
      [1, 2, 3, 4].map((phase) => item({ marketHashName: KNIFE, phase: `Phase ${phase}` })),
    );
    expect(new Set(byPhase.flat().map(({ id }) => id))).toEqual(new Set(whole.map(({ id }) => id)));
    const floats = whole.map(({ wear }) => Number(wear)).toSorted((a, b) => a - b);
    const middle = floats[5] ?? 0;
    expect(await item({ marketHashName: KNIFE, floatMax: middle })).toHaveLength(6);
    expect(await item({ marketHashName: KNIFE, floatMin: middle })).toHaveLength(floats.length - 5);
    expect(await item({ marketHashName: KNIFE, floatMin: middle, floatMax: middle })).toHaveLength(1);
  });

  test('with null as a bound, or none, are all of them', async () => {
    const whole = await item({ marketHashName: KNIFE });
    expect(await item({ marketHashName: KNIFE, floatMin: 'null', floatMax: 'null' })).toEqual(whole);
    expect(await item({ marketHashName: KNIFE, floatMin: '', floatMax: '' })).toEqual(whole);
    expect(await item({ marketHashName: KNIFE, floatMin: 0, floatMax: 1 })).toEqual(whole);
  });
});

describe('development and source', () => {
  test('development stamps every row with an instant delivery, a token and a bot; nothing else is other', async () => {
    const plain = await market({ search: 'never ships' });
    for (const development of ['1', 'true', true]) {
      const { items, count } = await market({ search: 'never ships', development });
      expect(count).toBe(plain.count);
      expect(items).toEqual(
        plain.items.map((row) => ({
          ...row,
          previewToken: expect.any(String),
          offer: { ...row.offer, delivery: 'instant' },
          botInfo: { name: expect.any(String), steamId: expect.stringMatching(/^\d{17}$/) },
        })),
      );
    }
    for (const development of ['0', 'false'])
      expect(await market({ search: 'never ships', development })).toEqual(plain);
  });

  test('all that marketplaces sell is external; there is nothing of another source', async () => {
    const plain = await market({ search: 'never ships' });
    expect(await market({ search: 'never ships', source: 'external' })).toEqual(plain);
    for (const source of ['internal', 'Xk9W']) expect(await market({ source })).toEqual({ items: [], count: 0 });
  });
});

describe('what is not understood is refused', () => {
  test.each([
    ['/secure/market', 'game=570', 'game'],
    ['/secure/market', 'game=cs2', 'game'],
    ['/secure/market', 'game=', 'game'],
    ['/secure/market', `search=${'x'.repeat(101)}`, 'search'],
    ['/secure/market', 'search=%00', 'search'],
    ['/secure/market', 'sort=cheapest', 'sort'],
    ['/secure/market', 'minPrice=-0.01', 'minPrice'],
    ['/secure/market', 'minPrice=much', 'minPrice'],
    ['/secure/market', 'minPrice=1e30', 'minPrice'],
    ['/secure/market', 'maxPrice=-1', 'maxPrice'],
    ['/secure/market', 'maxPrice=NaN', 'maxPrice'],
    ['/secure/market', 'page=0', 'page'],
    ['/secure/market', 'page=1.5', 'page'],
    ['/secure/market', 'perPage=0', 'perPage'],
    ['/secure/market', 'perPage=-2', 'perPage'],
    ['/secure/market', 'development=maybe', 'development'],
    ['/secure/market', 'source=steam', 'source'],
    ['/secure/market', 'search=a&search=b', 'search'],
    ['/secure/prices', 'game=570', 'game'],
    ['/secure/prices', 'game=0', 'game'],
  ])('%s?%s', async (path, query, field) => {
    const { status, body } = await cheap.call('GET', `${path}?${query}`);
    expect([status, body.error?.key]).toEqual([400, 'VALIDATION_FAILED']);
    expect(Object.keys(body.error?.fields ?? {})).toEqual([field]);
  });
});

describe('a client of mine', () => {
  let client: Client;
  beforeAll(() => {
    client = new Client(world(), dear, accounts.ann);
  });

  test('sees what I see, at my prices', async () => {
    for (const path of [
      'market?search=ships&perPage=-1',
      'market?game=252490&sort=priceDesc&search=never%20ships',
      'market?search=never&development=1',
      `market/item?marketHashName=${encodeURIComponent('AK-47 | Never Ships (Field-Tested)')}&perPage=3`,
      'market/item?itemId=nothing',
      'market?sort=cheapest',
    ]) {
      const [theirs, mine] = await Promise.all([
        client.call('GET', `/client/${path}`),
        dear.call('GET', `/secure/${path}`),
      ]);
      expect({ ...theirs.body, requestId: '', status: theirs.status }, path).toEqual({
        ...mine.body,
        requestId: '',
        status: mine.status,
      });
    }
  });

  test('is told what fits what it types, best first, at most twenty', async () => {
    const suggest = async (q: string) =>
      (await client.call('GET', `/client/market/suggestions?q=${encodeURIComponent(q)}`)).body.data;
    const [best, ...others] = await suggest('awp refuses');
    expect(others).toEqual([]);
    expect(best).toEqual({
      id: expect.stringMatching(/^\d+$/),
      marketHashName: 'AWP | Refuses To Cancel (Minimal Wear)',
      iconUrl: '',
    });
    const { body } = await client.call('GET', `/client/market/item?itemId=${best.id}`);
    expect(body.data[0].marketHashName).toBe(best.marketHashName);
    expect(await suggest('a')).toHaveLength(20);
    expect(await suggest('never existed at all')).toEqual([]);
    expect(await suggest('  ')).toEqual([]);
    const names = (await suggest('m4a1')).map(({ marketHashName }: ListingWire) => marketHashName);
    expect(names[0]).toMatch(/^M4A1/);
  });

  test.each(['', '?q=', `?q=${'x'.repeat(101)}`])(
    'is told that suggestions%s are for 1 to 100 letters',
    async (query) => {
      const { status, body } = await client.call('GET', `/client/market/suggestions${query}`);
      expect([status, body.error?.key]).toEqual([400, 'VALIDATION_FAILED']);
      expect(Object.keys(body.error?.fields ?? {})).toEqual(['q']);
    },
  );
});
