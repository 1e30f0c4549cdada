import { Stack } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { CodeBlock } from '../../shared/code-block.tsx';
import { Dialog } from '../../shared/dialog.tsx';
import { Identifier } from '../../shared/identifier.tsx';
import type { TestListing } from './queries.ts';

interface BuyDialogProps {
  readonly listing: TestListing;
  readonly onClose: () => void;
}

/** How a test listing is bought: with a merchant's key, as its own code does. */
export function BuyDialog({ listing, onClose }: BuyDialogProps) {
  const { id, marketHashName: name, game } = listing;
  return (
    <Dialog title={`Buy ${name}`} size="lg" onClose={onClose}>
      <Stack gap="md">
        <p style={{ margin: 0 }}>{listing.description}</p>
        <div>
          Listing id <Identifier value={id} of="listing id" />
        </div>
        <p style={{ margin: 0 }}>
          Paste it into a terminal, with a key in the place of <span className="mono">$KEY</span>: that of the demo shop
          is <span className="mono">apiKey</span> in <span className="mono">sandbox.json</span> of the data folder. The
          price is with its fee; a merchant with another fee sees its own in the{' '}
          <Link to="/market/listings" search={{ game, name }}>
            market
          </Link>
          .
        </p>
        <CodeBlock label="Request that buys it" text={requestFor(listing)} />
      </Stack>
    </Dialog>
  );
}

/** Of an account that is invented; the sandbox sends nothing. */
const TRADE_URL = 'https://steamcommunity.com/tradeoffer/new/?partner=39734273&token=AbCdEf12';

function requestFor({ id, game, price }: TestListing): string {
  return [
    `curl -H "api-key: $KEY" -H 'content-type: application/json' \\`,
    `  ${window.location.origin}/secure/buy -d '{`,
    `  "game": "${game}",`,
    `  "tradeUrl": "${TRADE_URL}",`,
    `  "items": [{"itemId": "${id}", "price": ${price.toFixed(2)}}]}'`,
  ].join('\n');
}
