import type { Caller } from '../auth/authenticate.ts';
import { errors } from '../core/errors.ts';
import { CS2, type Game } from '../core/games.ts';
import { isUuid } from '../core/ids.ts';
import { type Mills, NOTHING, sum, toDecimalText } from '../core/money.ts';
import type { Deps } from '../deps.ts';
import type { Freezes } from '../freezes/freezes.ts';
import { isWithinLimit } from '../market/terms.ts';
import type { Choice, LeftOutReason } from '../purchases/choice.ts';
import type { ListingOwner } from '../suppliers/registry.ts';
import type { Supplier } from '../suppliers/supplier.ts';

/** With which account a listing is bought that the buyer has named. */
export interface ChosenAccount extends ListingOwner {
  /** The other accounts at the marketplace, in the order in which they would be used. */
  readonly others: readonly OtherAccount[];
}

interface OtherAccount {
  readonly supplier: Supplier;
  /** Why it cannot buy; null: it can, and comes after the chosen one. */
  readonly why: LeftOutReason | null;
}

/** Chooses an account for each listing of one buy, so that no account is given more than it can pay. */
export class AccountChooser {
  readonly #deps: Pick<Deps, 'market' | 'suppliers'>;
  readonly #denied: ReadonlySet<string>;
  readonly #freezes: Freezes;
  readonly #game: Game;
  readonly #given = new Map<string, Mills>();

  constructor(
    deps: Pick<Deps, 'market' | 'suppliers'>,
    { deniedAccounts }: Pick<Caller, 'deniedAccounts'>,
    freezes: Freezes,
    game: Game,
  ) {
    this.#deps = deps;
    this.#denied = new Set(deniedAccounts);
    this.#freezes = freezes;
    this.#game = game;
  }

  /**
   * The marketplace asks the same price of each of its accounts, so the one with the lowest markup is the cheapest; the
   * operator's preference decides between equal ones. If none can buy, it is the first: its hindrance is the answer.
   * @throws INVALID_LISTING_ID, LISTING_NOT_FOUND
   */
  choose(listingId: string): ChosenAccount {
    const owners = this.#ownersOf(listingId);
    const price = this.#deps.market.offer(listingId)?.listing.priceMills ?? NOTHING;
    const ranked = owners.map((owner) => ({ owner, why: this.#hindrance(owner.supplier, price) }));
    const allowed = ranked.filter(({ why }) => why !== 'denied');
    const chosen = allowed.find(({ why }) => why === null) ?? allowed[0];
    // What a merchant may not buy is not on sale for it.
    if (!chosen) throw errors.of('LISTING_NOT_FOUND', { details: { itemId: listingId } });
    const { id } = chosen.owner.supplier;
    this.#given.set(id, sum([this.#givenTo(id), price]));
    const others = ranked
      .filter((each) => each !== chosen)
      .map(({ owner, why }) => ({ supplier: owner.supplier, why }));
    return { ...chosen.owner, others };
  }

  /** The accounts that sell the game at the listing's marketplace, the cheapest first. */
  #ownersOf(itemId: string): readonly ListingOwner[] {
    const known = this.#deps.suppliers.ownersOf(itemId);
    const owners = known.filter(({ supplier }) => supplier.games.includes(this.#game));
    if (owners.length > 0) return owners.toSorted((a, b) => this.#compare(a.supplier, b.supplier));
    if (known.length === 0 && isListingIdOf(this.#game, itemId)) {
      throw errors.of('LISTING_NOT_FOUND', { details: { itemId } });
    }
    throw errors.of('INVALID_LISTING_ID', { details: { itemId, game: this.#game } });
  }

  #compare(a: Supplier, b: Supplier): number {
    const [one, other] = [a, b].map(({ id }) => this.#deps.market.policy(id, this.#game));
    if (!one || !other) return 0;
    return one.markupBps - other.markupBps || one.preference - other.preference || (a.id < b.id ? -1 : 1);
  }

  #hindrance({ id }: Supplier, price: Mills): LeftOutReason | null {
    if (this.#denied.has(id)) return 'denied';
    if (this.#freezes.suppliers.has(id)) return 'frozen';
    const availability = this.#deps.market.availability(id);
    const { closedUntil, balanceMills } = availability;
    if (closedUntil) return 'purchases_fail';
    const total = sum([this.#givenTo(id), price]);
    if (!isWithinLimit(total, availability)) return 'limit';
    return balanceMills !== null && total > balanceMills ? 'balance' : null;
  }

  #givenTo(account: string): Mills {
    return this.#given.get(account) ?? NOTHING;
  }
}

/** Whether an id has the form of this game's listing ids: a UUID for CS2, `rust:<marketplace>:<id>` for Rust. */
function isListingIdOf(game: Game, id: string): boolean {
  return game === CS2 ? isUuid(id.toLowerCase()) : /^rust:[^:]+:./.test(id);
}

/**
 * Why the account was chosen, for operators.
 * @param price what the marketplace asks
 * @returns null if the marketplace has no other account
 */
export function choiceOfAccount(
  { market }: Pick<Deps, 'market'>,
  { supplier, others }: ChosenAccount,
  game: Game,
  price: Mills,
): Choice | null {
  if (others.length === 0) return null;
  const asked = toDecimalText(price);
  const at = ({ id }: Supplier) => ({ price: asked, markupBps: market.policy(id, game).markupBps });
  const chosen = at(supplier);
  const next = others.find(({ why }) => why === null);
  return {
    ...chosen,
    next: next ? { supplier: next.supplier.id, ...at(next.supplier) } : null,
    leftOut: others.flatMap(({ supplier: other, why }) => {
      const isDearer = at(other).markupBps > chosen.markupBps;
      return why && !isDearer ? [{ supplier: other.id, ...at(other), why }] : [];
    }),
  };
}
