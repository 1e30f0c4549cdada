import { getRouteApi } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import { isStaff, useMay, useMe } from '../../api/session.ts';
import { Identifier } from '../../shared/identifier.tsx';
import { Section } from '../../shared/page.tsx';
import { Time } from '../../shared/time.tsx';
import { feeText } from '../merchants/fee.ts';
import { FeeDialog, SwitchDialog, type SwitchedSetting } from './change-settings.tsx';
import { Limits } from './limits.tsx';
import { MerchantPage } from './merchant-page.tsx';
import type { MerchantDetails } from './queries.ts';
import { type Setting, SettingsList } from './settings-list.tsx';

const route = getRouteApi('/signed-in/merchants/$merchantId/settings');

/** What the operator decides about a merchant. Members read it. */
export function SettingsScreen() {
  const { merchantId } = route.useParams();
  return (
    <MerchantPage merchantId={merchantId} part="Settings">
      {(merchant) => <Settings merchant={merchant} />}
    </MerchantPage>
  );
}

function Settings({ merchant }: { readonly merchant: MerchantDetails }) {
  const mayOperate = useMay('operate');
  const isByStaff = isStaff(useMe());
  const [open, setOpen] = useState<SwitchedSetting | 'fee' | null>(null);
  const close = () => setOpen(null);
  return (
    <>
      <div className="muted">
        Merchant id <Identifier value={merchant.id} of="merchant id" /> created <Time at={merchant.createdAt} />
      </div>
      <Section title="Settings">
        {!isByStaff && (
          <p className="muted" style={{ margin: 0 }}>
            The operator of the gateway decides these. Strict approval is also set with your callback URL.
          </p>
        )}
        <SettingsList settings={settingsOf(merchant, mayOperate ? setOpen : null)} />
      </Section>
      <Section title="Request limits">
        <Limits merchant={merchant} mayChange={mayOperate} />
      </Section>
      {open === 'fee' && <FeeDialog merchant={merchant} onClose={close} />}
      {open !== null && open !== 'fee' && <SwitchDialog merchant={merchant} setting={open} onClose={close} />}
    </>
  );
}

/** @param open null: the person may change none */
function settingsOf(
  { disabledAt, verified, feeBps, strictApproval }: MerchantDetails,
  open: ((setting: SwitchedSetting | 'fee') => void) | null,
): Setting[] {
  const action = (label: string, setting: SwitchedSetting | 'fee') =>
    open ? { label, run: () => open(setting) } : undefined;
  const state: ReactNode =
    disabledAt === null ? (
      'Enabled'
    ) : (
      <>
        Disabled since <Time at={disabledAt} />
      </>
    );
  return [
    {
      name: 'Account',
      about: 'Keys of a disabled merchant are refused. Its open trades go on.',
      value: state,
      action: action(disabledAt === null ? 'Disable…' : 'Enable…', 'disabled'),
    },
    {
      name: 'Verification',
      about: 'Verified merchants may send more requests.',
      value: verified ? 'Verified' : 'Not verified',
      action: action(verified ? 'Remove…' : 'Verify…', 'verified'),
    },
    {
      name: 'Fee',
      about: 'On top of the marketplaces’ prices.',
      value: feeText(feeBps),
      action: action('Change…', 'fee'),
    },
    {
      name: 'Strict approval',
      about:
        'Only the answer {"action":"approve"} approves a trade. When it is off, any 2xx answer that does not refuse approves it.',
      value: strictApproval ? 'On' : 'Off',
      action: action(strictApproval ? 'Switch off…' : 'Switch on…', 'strictApproval'),
    },
  ];
}
