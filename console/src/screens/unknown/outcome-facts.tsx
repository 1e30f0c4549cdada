import { Link } from '@tanstack/react-router';
import { Age } from '../../shared/age.tsx';
import { type Fact, Facts } from '../../shared/facts.tsx';
import { Identifier } from '../../shared/identifier.tsx';
import { Time } from '../../shared/time.tsx';
import type { UnknownOutcome } from './queries.ts';

/** What is known of an unknown outcome. */
export function OutcomeFacts({ outcome }: { readonly outcome: UnknownOutcome }) {
  const { kind, tradeId, merchant, supplier, since, dueAt, tries, repeats } = outcome;
  const isPurchase = kind === 'purchase';
  const facts: (Fact | false)[] = [
    ['What came instead of an answer', outcome.cause ?? 'No answer was recorded'],
    ['Unknown for', <Age key="age" since={since} />],
    ['Unknown since', <Time key="since" at={since} />],
    [isPurchase ? 'Next look-up' : 'Next attempt', <Time key="due" at={dueAt} />],
    [isPurchase ? 'Look-ups that found nothing' : 'Attempts', tries],
    isPurchase && ['Repeats of the purchase', repeats],
    ['Marketplace', supplier],
    ['Our reference there', <Identifier key="reference" value={outcome.reference} of="reference" />],
    ['Listing', <Identifier key="listing" value={outcome.listingId} of="listing id" />],
    [
      'Merchant',
      <Link
        key="merchant"
        to="/unknown"
        search={{ merchant: merchant.id }}
        title={`All unknown outcomes of ${merchant.name}`}
      >
        {merchant.name}
      </Link>,
    ],
    [
      'Trade',
      <Link key="trade" to="/trades/$tradeId" params={{ tradeId }} className="mono">
        {tradeId}
      </Link>,
    ],
    ['Id', <Identifier key="id" value={outcome.id} of="id" />],
  ];
  return <Facts facts={facts.filter((fact) => fact !== false)} />;
}
