import { testListings } from '../../sandbox/marketplace/catalogue.ts';
import { toMerchantDollars } from '../../src/core/money.ts';
import { quote } from '../../src/market/pricing.ts';
import { code, table } from './table.ts';

/** Of the sandbox's demo merchant. */
const DEMO_FEE_BPS = 150;
const SIDES = [
  ['cs2', '## CS2 (`game: "730"`)'],
  ['rust', '## Rust (`game: "252490"`)'],
] as const;

export function testListingsText(): string {
  return SIDES.map(([side, head]) => `${head}\n\n${listingsOf(side)}`).join('\n\n');
}

function listingsOf(side: 'cs2' | 'rust'): string {
  const firsts = new Map<string, (typeof testListings)[number]>();
  for (const listing of testListings) {
    if (listing.side === side && !firsts.has(listing.behaviour.name)) firsts.set(listing.behaviour.name, listing);
  }
  const lines = [...firsts].map(([name, { marketHashName, listedMills, behaviour }]) => [
    code(name),
    marketHashName,
    `$${toMerchantDollars(quote(listedMills, DEMO_FEE_BPS)).toFixed(2)}`,
    behaviour.description,
  ]);
  return table(['behaviour', 'item', 'price of the first', 'description'], lines);
}
