import { Stack } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { type Column, DataTable } from '../../shared/data-table.tsx';
import { Identifier } from '../../shared/identifier.tsx';
import { Panel } from '../../shared/page.tsx';
import { StateBadge } from '../../shared/state-badge.tsx';
import type { MarketplaceDetails, NamedMerchant } from './queries.ts';

/** Which merchants may buy with the account. */
export function Access({ access: { others, merchants } }: Pick<MarketplaceDetails, 'access'>) {
  return (
    <Stack gap="xs">
      <Panel>{ruleText(others, merchants.length > 0)}</Panel>
      {merchants.length > 0 && (
        <DataTable
          caption="Merchants with a rule of their own"
          columns={columns}
          rows={merchants}
          rowKey={({ id }) => id}
          empty=""
        />
      )}
    </Stack>
  );
}

function ruleText(others: NamedMerchant['access'], hasNamed: boolean): string {
  if (others === 'allowed')
    return hasNamed ? 'Every merchant but those named may buy here.' : 'Every merchant may buy here.';
  return hasNamed ? 'Only merchants that are named may buy here.' : 'No merchant may buy here.';
}

const columns: readonly Column<NamedMerchant>[] = [
  {
    header: 'Merchant',
    cell: ({ id, name }) => (
      <Link to="/merchants/$merchantId" params={{ merchantId: id }} title="This merchant">
        {name}
      </Link>
    ),
  },
  { header: 'Id', from: 'sm', cell: ({ id }) => <Identifier value={id} of="merchant id" isShort /> },
  { header: 'Rule', isNarrow: true, cell: ({ access }) => <StateBadge state={access} /> },
];
