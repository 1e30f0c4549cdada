import { Link } from '@tanstack/react-router';

/** A trade in a table, by the end of its id: ids of one day begin alike. */
export function TradeLink({ id }: { readonly id: string }) {
  return (
    <Link to="/trades/$tradeId" params={{ tradeId: id }} className="mono" title={id} style={{ whiteSpace: 'nowrap' }}>
      <span className="visually-hidden">Trade </span>…{id.slice(-8)}
    </Link>
  );
}
