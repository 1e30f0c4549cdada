import { createHash } from 'node:crypto';
import type { Listing } from '../src/suppliers/supplier.ts';

/** Listings of a market of any size as a marketplace spells them: the same for the same number, on every machine. */

const kinds = ['AK-47', 'M4A4', 'M4A1-S', 'AWP', 'Desert Eagle', 'USP-S', 'Glock-18', 'P250', 'MP9', 'MAC-10'];
const firsts = ['Neon', 'Cold', 'Red', 'Silent', 'Golden', 'Wild', 'Broken', 'Royal', 'Dark', 'Electric', 'Frozen'];
const seconds = ['Rider', 'Blood', 'Serpent', 'Hive', 'Dragon', 'Mecha', 'Orchid', 'Storm', 'Lotus', 'Circuit', 'Wave'];
const exteriors = ['Factory New', 'Minimal Wear', 'Field-Tested', 'Well-Worn', 'Battle-Scarred'];
const prefixes = ['', 'StatTrak™ ', 'Souvenir '];
const phases = ['Phase 1', 'Phase 2', 'Phase 3', 'Phase 4', 'Ruby', 'Sapphire'];
const rustKinds = [
  'Metal Door',
  'Garage Door',
  'Hoodie',
  'Assault Rifle',
  'Rock',
  'Sleeping Bag',
  'Large Wood Box',
  'Mask',
];

/** As many names as a market of CS2 items has, about. */
const CS2_COPIES = 5;
const RUST_COPIES = 25;

export function cs2Name(item: number): string {
  const finish = `${pick(firsts, item / 10)} ${pick(seconds, item / 110)}`;
  const series = item >= 18_150 ? ` ${Math.floor(item / 18_150)}` : '';
  return `${pick(prefixes, item / 6050)}${pick(kinds, item)} | ${finish}${series} (${pick(exteriors, item / 1210)})`;
}

export function rustName(item: number): string {
  return `${pick(firsts, item / 8)} ${pick(seconds, item / 88)} ${pick(rustKinds, item)} ${Math.floor(item / 968)}`;
}

export function cs2ItemOf(listing: number): number {
  return Math.floor(listing / CS2_COPIES);
}

export function catalogIdOf(name: string): string {
  return createHash('sha256').update(name).digest('hex').slice(0, 16);
}

/** A listing as JSON has it. */
export type ListingOnWire = Omit<Listing, 'game' | 'priceMills'> & { readonly priceMills: number };

/** @param turn the price is another in each */
export function cs2Listing(index: number, turn: number): ListingOnWire {
  const item = cs2ItemOf(index);
  const name = cs2Name(item);
  const isKnife = item % 50 === 0;
  return {
    nativeId: String(730_000_000_000_000_000n + BigInt(index)),
    catalogId: catalogIdOf(name),
    marketHashName: name,
    priceMills: priceOf(index, turn),
    delivery: index % 3 === 0 ? 'instant' : 'standard',
    type: 'Rifle',
    rarity: 'Classified',
    exterior: pick(exteriors, item / 1210),
    wear: (((index * 7919) % 1_000_000) / 1_000_000).toFixed(6),
    paintSeed: (index * 37) % 1000,
    ...(isKnife ? { paintIndex: 418 + (index % 6), phase: pick(phases, index) } : {}),
    color: '#d32ce6',
    iconUrl: `https://pictures.example/${catalogIdOf(name).repeat(6)}.png`,
    previewToken: `D${(index * 104_729).toString(16).padStart(20, '0')}`,
    ...(index % 4 === 0 ? { stickers: stickersOf(index) } : {}),
  };
}

/** @param turn the price is another in each */
export function rustListing(index: number, turn: number): ListingOnWire {
  const name = rustName(Math.floor(index / RUST_COPIES));
  return {
    nativeId: String(252_490_000_000_000_000n + BigInt(index)),
    catalogId: name,
    marketHashName: name,
    priceMills: priceOf(index, turn),
    delivery: 'standard',
    type: 'Clothing',
    iconUrl: `https://pictures.example/${catalogIdOf(name).repeat(6)}.png`,
  };
}

function stickersOf(index: number) {
  return [0, 1].map((slot) => ({
    name: `Sticker | ${pick(firsts, index + slot)}`,
    slot,
    iconUrl: `https://pictures.example/stickers/${(index + slot) % 300}.png`,
  }));
}

/** Mills, between a few cents and a thousand dollars, most of them low. */
function priceOf(index: number, turn: number): number {
  const share = ((index * 2_654_435_761 + turn * 40_503) % 1_000_003) / 1_000_003;
  return 30 + Math.floor(share ** 4 * 1_000_000);
}

function pick(list: readonly string[], index: number): string {
  return list[Math.floor(index) % list.length] ?? '';
}
