import { catalogIdOf, cs2Name } from './market-listings.ts';

export interface Question {
  readonly name: string;
  /** Whether the bar is about it: what shows everything at once is measured, and has none. */
  readonly hasBar: boolean;
  /** @param draw another number at each call, below the one given */
  path(draw: (below: number) => number): string;
}

const words = ['ak-47', 'awp', 'neon', 'dragon', 'factory', 'storm', 'stattrak', 'lotus wave', 'red serpent', 'a'];
const rustWords = ['door', 'hoodie', 'golden mask', 'royal', 'rifle', 'frozen', 'box', 'a'];

/** What merchants ask of the market, of two games with as many listings each. */
export function questionsOf(items: number): readonly Question[] {
  const name = (draw: (below: number) => number) => cs2Name(draw(items));
  return [
    ask('CS2, first page', () => '/secure/market'),
    ask('CS2, search', (draw) => `/secure/market?search=${pick(words, draw)}`),
    ask('CS2, search by price', (draw) => `/secure/market?search=${pick(words, draw)}&sort=priceAsc`),
    ask('CS2, any page by price', (draw) => `/secure/market?sort=priceDesc&page=${1 + draw(200)}`),
    ask('CS2, price range by name', (draw) => {
      const from = draw(100);
      return `/secure/market?sort=nameAsc&minPrice=${from}&maxPrice=${from + 20}&page=${1 + draw(3)}`;
    }),
    ask('Rust, search', (draw) => `/secure/market?game=252490&search=${pick(rustWords, draw)}`),
    ask('Rust, search by price', (draw) => `/secure/market?game=252490&search=${pick(rustWords, draw)}&sort=priceDesc`),
    ask('Rust, any page by name', (draw) => `/secure/market?game=252490&sort=nameDesc&page=${1 + draw(1000)}`),
    ask('one item, its floats', (draw) => {
      const from = draw(60) / 100;
      const id = catalogIdOf(name(draw));
      return `/secure/market/item?itemId=${id}&floatMin=${from}&floatMax=${from + 0.4}`;
    }),
    ask('one item by its name', (draw) => `/secure/market/item?marketHashName=${encodeURIComponent(name(draw))}`),
    { ...ask('prices of Rust', () => '/secure/prices?game=252490'), hasBar: false },
    { ...ask('prices of CS2', () => '/secure/prices'), hasBar: false },
    { ...ask('the whole CS2 market', () => '/secure/market?perPage=-1'), hasBar: false },
    { ...ask('the whole Rust market', () => '/secure/market?game=252490&perPage=-1'), hasBar: false },
  ];
}

function ask(name: string, path: Question['path']): Question {
  return { name, hasBar: true, path };
}

function pick(list: readonly string[], draw: (below: number) => number): string {
  return encodeURIComponent(list[draw(list.length)] ?? '');
}
