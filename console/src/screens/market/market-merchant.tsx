import { isStaff, useMe } from '../../api/session.ts';
import { MerchantSelect } from '../../shared/merchant-select.tsx';
import { useMerchant } from '../callbacks/queries.ts';

interface MarketMerchantProps {
  /** Its id. */
  readonly merchant: string | undefined;
  /** @param id empty: no merchant */
  readonly onChange: (id: string) => void;
}

/** Staff choose the merchant whose market they see. Members see that of their own. */
export function MarketMerchant({ merchant, onChange }: MarketMerchantProps) {
  const isForStaff = isStaff(useMe());
  const { data } = useMerchant(isForStaff ? merchant : undefined);
  if (!isForStaff) return null;
  return (
    <MerchantSelect
      label="As which merchant"
      hidesLabel
      value={merchant}
      name={data?.name}
      onChange={(id = '') => onChange(id)}
    />
  );
}

/** Whose prices are shown. */
export function WhosePrices({ merchant }: Pick<MarketMerchantProps, 'merchant'>) {
  const isForStaff = isStaff(useMe());
  const { data } = useMerchant(isForStaff ? merchant : undefined);
  return (
    <p className="muted" style={{ margin: 0 }}>
      {isForStaff ? textFor(merchant, data?.name) : 'The prices that you pay, with your fee.'}
    </p>
  );
}

function textFor(merchant: string | undefined, name: string | undefined): string {
  if (!merchant) return 'Of all accounts, with their markup and without a merchant’s fee.';
  return `As ${name ?? 'the merchant'} sees it: of the accounts that it may use, with its fee.`;
}
