import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { attributesOf, attributesToKeep, readAttributes, steamName } from '../../src/core/item-attributes.ts';
import { toMills } from '../../src/core/money.ts';
import type { Listing, Sticker } from '../../src/suppliers/supplier.ts';

const listing: Listing = {
  nativeId: '1',
  game: '730',
  catalogId: 'c',
  marketHashName: 'AK-47 | Redline (Field-Tested)',
  exterior: 'Field-Tested',
  wear: '0.2512',
  delivery: 'standard',
  priceMills: toMills(1000n),
};
const sticker = (letters: number): Sticker => ({
  name: 's'.repeat(letters),
  slot: 0,
  iconUrl: 'https://cdn.example/s.png',
});
const kept = (of: Listing) => readAttributes(JSON.parse(attributesToKeep(of)));

describe('what is kept of a listing', () => {
  test('is what the market shows of it', () => {
    const whole = {
      ...listing,
      stickers: [sticker(300), sticker(300)],
      charm: { name: 'c', iconUrl: 'https://cdn.example/c.png' },
    };
    expect(kept(whole)).toEqual(attributesOf(whole));
  });

  test('is never longer than 4,096 characters: stickers and charm go first, then everything', () => {
    const long = { ...listing, stickers: [sticker(4000)] };
    expect(kept(long)).toEqual({ exterior: 'Field-Tested', wear: '0.2512' });
    expect(kept({ ...long, iconUrl: `https://cdn.example/${'x'.repeat(5000)}` })).toEqual({});
    fc.assert(
      fc.property(fc.nat(5000), fc.nat(5000), (letters, icon) => {
        const text = attributesToKeep({ ...listing, iconUrl: 'x'.repeat(icon), stickers: [sticker(letters)] });
        expect(text.length).toBeLessThanOrEqual(4096);
      }),
    );
  });
});

describe('Steam’s name of an item', () => {
  test.each([
    ['AK-47 | Redline (Field-Tested)', 'Field-Tested', 'AK-47 | Redline'],
    ['Sticker | Crown (Foil)', undefined, 'Sticker | Crown (Foil)'],
    ['Sticker | Crown (Foil)', 'Field-Tested', 'Sticker | Crown (Foil)'],
    ['Garage Door', undefined, 'Garage Door'],
  ])('%s of exterior %s is %s', (marketHashName, exterior, name) => {
    expect(steamName(marketHashName, exterior === undefined ? {} : { exterior })).toBe(name);
  });
});
