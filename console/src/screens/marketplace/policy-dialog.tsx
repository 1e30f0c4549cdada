import { Group, TextInput } from '@mantine/core';
import { useState } from 'react';
import { ApiFailure } from '../../api/failure.ts';
import { ConfirmAction } from '../../shared/confirm-action.tsx';
import { gameName } from '../../shared/games.ts';
import { dollars } from '../../shared/money.tsx';
import { Notice } from '../../shared/notice.tsx';
import { percent } from './percent.ts';
import { changePolicy, type MarketplacePolicy, type PolicyChange } from './queries.ts';

interface PolicyDialogProps {
  readonly account: string;
  readonly policy: MarketplacePolicy;
  readonly onClose: () => void;
}

const BPS = 100;

/** Changes the markup and the preference of an account for one game. */
export function PolicyDialog({ account, policy, onClose }: PolicyDialogProps) {
  const [markup, setMarkup] = useState(String(policy.markupBps / BPS));
  const [preference, setPreference] = useState(String(policy.preference));
  const game = gameName(policy.game);
  const markupBps = Math.round(Number(markup) * BPS);
  const run = async () => {
    await changePolicy(account, changeOf(policy, { markupBps, preference: Number(preference) }));
    return `${game} at ${account}: markup ${percent(markupBps)}, preference ${preference}.`;
  };
  return (
    <ConfirmAction title={`Change ${game} at ${account}?`} action="Change the policy" onClose={onClose} run={run}>
      <Group gap="md" align="flex-start" grow>
        <TextInput
          label="Markup in percent"
          description="Added to its prices, 0 to 100"
          type="number"
          min={0}
          max={100}
          step={0.01}
          required
          data-autofocus
          value={markup}
          onChange={({ currentTarget }) => setMarkup(currentTarget.value)}
        />
        <TextInput
          label="Preference"
          description="The lower is used first, 1 to 1000"
          type="number"
          min={1}
          max={1000}
          step={1}
          required
          value={preference}
          onChange={({ currentTarget }) => setPreference(currentTarget.value)}
        />
      </Group>
      <Notice title="What will happen">
        What it sells for $100.00 costs merchants {exampleOf(markupBps)} before their fee, on every node within a
        second. Items that were recorded before keep their markup. The preference counts where prices are equal.
      </Notice>
    </ConfirmAction>
  );
}

/** A hundred dollars with the markup: of them each hundredth of a percent is a cent. */
function exampleOf(markupBps: number): string {
  return Number.isNaN(markupBps) ? '–' : dollars(((100 * BPS + markupBps) / BPS).toFixed(2));
}

/** @throws ApiFailure when both are as they were */
function changeOf(before: MarketplacePolicy, after: Pick<MarketplacePolicy, 'markupBps' | 'preference'>): PolicyChange {
  const change = {
    ...(before.markupBps === after.markupBps ? {} : { markupBps: after.markupBps }),
    ...(before.preference === after.preference ? {} : { preference: after.preference }),
  };
  if (Object.keys(change).length === 0) {
    throw new ApiFailure('Both are as they were. Change one of them, or leave it.', { key: 'NOTHING_CHANGED' });
  }
  return { game: before.game, ...change };
}
