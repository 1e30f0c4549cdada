import { behaviourOf } from '../behaviour.ts';
import { rustBehaviours } from '../behaviours.ts';
import { rustStock as table } from './rust-items.ts';
import { copiesAt, listCopies, type UnorderedListing } from './stock-item.ts';

const standard = behaviourOf('ships-later', rustBehaviours);

/** All ordinary listings of Rust, the same in every process. */
export function rustStock(): UnorderedListing[] {
  return Object.entries(table).flatMap(([type, items]) =>
    Object.entries(items).flatMap(([name, cents]) =>
      listCopies('rust', { name, type, rarity: null, cents }, copiesAt(cents), () => ({ cents, behaviour: standard })),
    ),
  );
}
