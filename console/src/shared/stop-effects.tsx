import { Stack } from '@mantine/core';
import classes from './stop-effects.module.css';

/** What can be stopped: all buying, one account at a marketplace, or one merchant. */
export type StopScope = 'all' | 'supplier' | 'merchant';

interface Effects {
  readonly stops: readonly string[];
  readonly goesOn: readonly string[];
}

const bought = 'Orders at marketplaces are delivered, cancelled, refunded and reported as usual.';
const beingSent = 'Purchases that are being sent now are completed.';

const effects: Readonly<Record<StopScope, Effects>> = {
  all: {
    stops: [
      'New purchases of every merchant are refused.',
      'Merchants are not asked for approval; their trades wait.',
      'Purchases that were not sent yet wait, also those that are approved.',
    ],
    goesOn: [beingSent, bought, 'Merchants can read and cancel, and receive callbacks.'],
  },
  merchant: {
    stops: [
      'New purchases of this merchant and its clients are refused.',
      'It is not asked for approval; its trades wait.',
      'Its purchases that were not sent yet wait, also those that are approved.',
    ],
    goesOn: [beingSent, bought, 'It can read and cancel, and receives callbacks. Other merchants notice nothing.'],
  },
  supplier: {
    stops: [
      'Nothing more is bought with this account, on any node.',
      'Purchases that were not sent yet wait. A trade with one item here waits as a whole.',
      'It is not connected for pushes. Its orders are looked up at intervals instead.',
    ],
    goesOn: [
      beingSent,
      'Its open orders are looked up, delivered, cancelled and refunded as usual.',
      'Other marketplaces sell, also to quick buys. Trade URLs are still checked here.',
    ],
  },
};

/** What stopping does, and what it does not do, before a person decides. */
export function StopEffects({ scope }: { readonly scope: StopScope }) {
  const { stops, goesOn } = effects[scope];
  return (
    <Stack gap="xs">
      <List title="What stops" texts={stops} />
      <List title="What goes on" texts={goesOn} />
      <p className={classes['later']}>
        Items that wait for too long are cancelled, and their money is released. The list of freezes shows from when.
      </p>
    </Stack>
  );
}

function List({ title, texts }: { readonly title: string; readonly texts: readonly string[] }) {
  return (
    <section aria-label={title}>
      <strong>{title}</strong>
      <ul className={classes['list']}>
        {texts.map((text) => (
          <li key={text}>{text}</li>
        ))}
      </ul>
    </section>
  );
}
