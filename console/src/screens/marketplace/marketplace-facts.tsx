import { type Fact, Facts } from '../../shared/facts.tsx';
import { gameName } from '../../shared/games.ts';
import { dollars } from '../../shared/money.tsx';
import { Time } from '../../shared/time.tsx';
import { Balance } from '../marketplaces/balance.tsx';
import type { MarketplaceDetails } from './queries.ts';

/** What the account is, what it has and may spend, and what is open there. */
export function MarketplaceFacts({ marketplace }: { readonly marketplace: MarketplaceDetails }) {
  const { kind, games, health, limit, open, createdAt, updatedAt } = marketplace;
  const facts: Fact[] = [
    ['Marketplace', kind ?? 'not known: the account was removed'],
    ['Games', games.map(gameName).join(', ')],
    ['Balance', <Balance key="balance" health={health} />],
    ['Spent in 24 hours', spentText(limit)],
    ['Open purchases', open.purchases],
    ['Open cancellations', open.cancellations],
    ['Items that wait for approval', open.approvals],
    ['Failed purchases in a row', health.failures],
    ['Added', <Time key="added" at={createdAt} />],
    ['Settings changed', <Time key="changed" at={updatedAt} />],
  ];
  return <Facts facts={facts} />;
}

function spentText(limit: MarketplaceDetails['limit']): string {
  return limit ? `${dollars(limit.spent)} of ${dollars(limit.dayMax)}` : 'no limit';
}
