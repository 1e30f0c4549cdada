import { Stack } from '@mantine/core';
import { CodeBlock } from '../../shared/code-block.tsx';

interface FirstRequestProps {
  /** The key that was just made; null: only the merchant has one. */
  readonly apiKey: string | null;
}

/** A first request to copy, which changes nothing. */
export function FirstRequest({ apiKey }: FirstRequestProps) {
  const request = `curl -H "api-key: ${apiKey ?? '$KEY'}" \\\n  ${window.location.origin}/v1/wallets/me/balance`;
  return (
    <Stack gap="xs">
      <p style={{ margin: 0 }}>
        Paste it into a terminal. The gateway answers with the balance of the wallet, and nothing is changed.
        {apiKey === null && (
          <>
            {' '}
            Put a key in the place of <span className="mono">$KEY</span>; a new key is filled in as long as it is shown.
          </>
        )}
      </p>
      <CodeBlock label="First request" text={request} />
    </Stack>
  );
}
