import { Button } from '@mantine/core';
import { useState } from 'react';
import { useMay } from '../../api/session.ts';
import { type Column, DataTable } from '../../shared/data-table.tsx';
import { ErrorKey } from '../../shared/error-key.tsx';
import { Identifier } from '../../shared/identifier.tsx';
import { Money } from '../../shared/money.tsx';
import { StateBadge } from '../../shared/state-badge.tsx';
import { Time } from '../../shared/time.tsx';
import { CancelDialog } from './cancel-dialog.tsx';
import { type CancelPreview, type Item, nameOf, type TradeDetails, useCancelPreviews } from './queries.ts';
import classes from './trade.module.css';

/** The items of a trade, and the button that cancels one. */
export function Items({ trade }: { readonly trade: TradeDetails }) {
  const [canceled, setCanceled] = useState<Item | null>(null);
  const previews = useCancelPreviews(trade.id);
  const mayCancel = useMay('cancel');
  const preview = canceled && previews.get(canceled.internalId);
  const action: Column<Item> = {
    header: 'Actions',
    hidesHeader: true,
    isNarrow: true,
    align: 'right',
    cell: (item) => <CancelButton preview={previews.get(item.internalId)} onClick={() => setCanceled(item)} />,
  };
  return (
    <>
      <DataTable
        caption="Items"
        columns={mayCancel ? [...columns, action] : columns}
        rows={trade.items}
        rowKey={({ internalId }) => internalId}
        empty="The trade has no items."
      />
      {canceled && preview && (
        <CancelDialog tradeId={trade.id} item={canceled} preview={preview} onClose={() => setCanceled(null)} />
      )}
    </>
  );
}

const columns: readonly Column<Item>[] = [
  { header: 'Item', isWide: true, cell: (item) => <ItemName item={item} /> },
  {
    header: 'State',
    cell: ({ state, error, revertedBy, autoCancelDueAt }) => (
      <>
        <StateBadge state={state} />
        {error !== null && (
          <div className={classes['error']}>
            <ErrorKey error={error} />
          </div>
        )}
        {revertedBy !== null && <div className="muted">by {revertedBy}</div>}
        {autoCancelDueAt !== null && (
          <div className="muted">
            cancelled by itself <Time at={autoCancelDueAt} />
          </div>
        )}
      </>
    ),
  },
  { header: 'Marketplace', from: 'sm', cell: ({ supplier }) => supplier ?? <span className="muted">–</span> },
  { header: 'Listing', from: 'lg', cell: ({ id }) => <Identifier value={id} of="listing id" /> },
  { header: 'Item id', from: 'md', cell: ({ internalId }) => <Identifier value={internalId} of="item id" isShort /> },
  { header: 'Price', align: 'right', cell: ({ price }) => <Money amount={price} /> },
  { header: 'Cost', align: 'right', from: 'sm', cell: ({ cost }) => <Money amount={cost} /> },
];

function ItemName({ item }: { readonly item: Item }) {
  return (
    <>
      <span style={{ fontWeight: 500 }}>{nameOf(item)}</span>
      {item.externalId !== null && <div className="muted">{item.externalId}</div>}
    </>
  );
}

interface CancelButtonProps {
  /** undefined: not known yet. */
  readonly preview: CancelPreview | undefined;
  readonly onClick: () => void;
}

/** Where a cancel would change nothing, it says why instead. */
function CancelButton({ preview, onClick }: CancelButtonProps) {
  if (!preview || preview.outcome === 'over') return null;
  if (preview.outcome === 'requested before') return <span className="muted">Cancellation requested</span>;
  if (preview.outcome === 'cannot be cancelled') {
    return (
      <span className="muted" title={preview.effect}>
        Cannot be cancelled
      </span>
    );
  }
  return (
    <Button size="compact-xs" variant="default" onClick={onClick}>
      Cancel…
    </Button>
  );
}
