import { type Behaviour, behaviourOf } from '../behaviour.ts';
import { cs2Behaviours, slowSeller } from '../behaviours.ts';
import { exteriors, type FloatRange, floatIn, overlap } from '../exteriors.ts';
import { charms, containers, type Extra, stickers } from './cs2-extras.ts';
import { type Finish, gloves, knives, rarities, weapons } from './cs2-finishes.ts';
import { charmFor, inspectTokenOf, stickersFor, stickersWorth } from './cs2-looks.ts';
import { dopplerPhases } from './cs2-phases.ts';
import { draw, type Seed } from './draw.ts';
import { type CopyTraits, copiesAt, listCopies, type StockItem, type UnorderedListing } from './stock-item.ts';

/** A finish in one exterior. */
interface Skin extends StockItem {
  readonly exterior: string;
  readonly floats: FloatRange;
  readonly kind: 'weapon' | 'knife' | 'gloves';
  readonly finish: string;
}

const standard = behaviourOf('ships-later', cs2Behaviours);
const instantly = behaviourOf('ships-at-once', cs2Behaviours);

/** In percent of a finish's price; finishes without Field-Tested are priced by their best exterior. */
const wornPercents: Readonly<Record<string, number>> = {
  'Factory New': 235,
  'Minimal Wear': 138,
  'Field-Tested': 100,
  'Well-Worn': 91,
  'Battle-Scarred': 84,
};
const unwornPercents: Readonly<Record<string, number>> = { 'Factory New': 100, 'Minimal Wear': 82 };

const variants = {
  s: { prefix: 'StatTrak™ ', percent: 187, exteriors: ['Minimal Wear', 'Field-Tested'] },
  u: { prefix: 'Souvenir ', percent: 146, exteriors: ['Field-Tested', 'Well-Worn'] },
} as const;

/** All ordinary listings of CS2, the same in every process. */
export function cs2Stock(): UnorderedListing[] {
  const skins = [
    ...Object.entries(weapons).flatMap(([weapon, { type, finishes }]) => skinsOf('weapon', weapon, type, finishes)),
    ...Object.entries(knives).flatMap(([knife, finishes]) => skinsOf('knife', `★ ${knife}`, 'Knife', finishes)),
    ...Object.entries(gloves).flatMap(([pair, finishes]) => skinsOf('gloves', `★ ${pair}`, 'Gloves', finishes)),
  ];
  return [
    ...skins.flatMap(sellSkin),
    ...stickers.flatMap((extra) => sellExtra('Sticker', extra)),
    ...charms.flatMap((extra) => sellExtra('Charm', extra)),
    ...containers.flatMap((extra) => sellExtra('Container', extra)),
  ];
}

function skinsOf(kind: Skin['kind'], base: string, type: string, finishes: readonly Finish[]): Skin[] {
  return finishes.flatMap((finish) => {
    const [, , , , , variant] = finish;
    const plain = exteriorsOf(kind, base, type, finish);
    if (!variant) return plain;
    const { prefix, percent, exteriors: offered } = variants[variant];
    const special = plain.filter(({ exterior }) => offered.some((each) => each === exterior));
    return [
      ...plain,
      ...special.map((skin) => ({ ...skin, name: named(prefix, skin.name), cents: times(skin.cents, percent) })),
    ];
  });
}

function exteriorsOf(
  kind: Skin['kind'],
  base: string,
  type: string,
  [finish, rarity, min, max, cents]: Finish,
): Skin[] {
  const found = exteriors.flatMap(({ name, floats }) => {
    const range = overlap(floats, [min, max]);
    return range ? [{ exterior: name, floats: range }] : [];
  });
  const percents = found.some(({ exterior }) => exterior === 'Field-Tested') ? wornPercents : unwornPercents;
  return found.map(({ exterior, floats }) => ({
    kind,
    finish,
    name: `${base} | ${finish} (${exterior})`,
    type,
    rarity: rarities[rarity],
    exterior,
    floats,
    cents: times(cents, percents[exterior] ?? 100),
  }));
}

function sellSkin(skin: Skin): UnorderedListing[] {
  const phases = dopplerPhases[skin.finish];
  if (!phases) return listCopies('cs2', skin, copiesAt(skin.cents), (seed) => skinTraits(skin, seed));
  return listCopies('cs2', skin, phases.length * 2, (seed, index) => {
    const phase = phases[index % phases.length] ?? phases[0];
    const { name, paintIndex, percent } = phase;
    return { ...skinTraits(skin, seed), phase: name, paintIndex, cents: times(skin.cents, percent) };
  });
}

function skinTraits({ kind, finish, floats, cents }: Skin, seed: Seed): CopyTraits {
  const worn = kind === 'weapon' ? stickersFor(seed) : [];
  const isFade = finish === 'Fade';
  const fadeTenths = 800 + (draw(seed, 2) % 201);
  return {
    wear: floatIn(floats, draw(seed, 3)),
    paintSeed: draw(seed, 4) % 1001,
    inspectToken: inspectTokenOf(seed),
    stickers: worn,
    charm: kind === 'weapon' ? charmFor(seed) : null,
    cents: stickersWorth(worn) + (isFade ? Math.floor((cents * (fadeTenths + 200)) / 1000) : cents),
    ...(isFade ? { fadePercent: fadeTenths / 10 } : {}),
    ...deliveryOf(seed, kind === 'gloves'),
  };
}

function sellExtra(type: string, [name, rarity, cents]: Extra): UnorderedListing[] {
  const item = { name, type, rarity: rarities[rarity], cents };
  return listCopies('cs2', item, copiesAt(cents), (seed) => ({ cents, ...deliveryOf(seed, false) }));
}

/** A quarter of the listings is delivered at once. Gloves are delivered late. */
function deliveryOf(seed: Seed, isSlow: boolean): { instant: boolean; behaviour: Behaviour } {
  if (isSlow) return { instant: false, behaviour: slowSeller };
  const instant = draw(seed, 5) % 4 === 0;
  return { instant, behaviour: instant ? instantly : standard };
}

/** The star of knives stays at the start of the name. */
function named(prefix: string, name: string): string {
  return name.startsWith('★ ') ? `★ ${prefix}${name.slice(2)}` : `${prefix}${name}`;
}

function times(cents: number, percent: number): number {
  return Math.max(3, Math.floor((cents * percent) / 100));
}
