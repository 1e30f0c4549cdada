import { useState } from 'react';
import { useMay, useMe } from '../../api/session.ts';
import { CursorList } from '../../shared/cursor-list.tsx';
import { Page, Section } from '../../shared/page.tsx';
import { StaffOnly } from '../../shared/staff-only.tsx';
import { DecisionDialog } from './decision-dialog.tsx';
import { DualControlLimit } from './dual-control.tsx';
import { type FundingRequest, useDecidedRequests, useWaitingRequests } from './queries.ts';
import { type Decision, decidedColumns, waitingColumns } from './request-columns.tsx';

/** Credits and debits that need a second person, and above which amount they do. */
export function WalletsScreen() {
  return (
    <Page title="Wallets">
      <StaffOnly>
        <Section title="Waiting for a second person">
          <Waiting />
        </Section>
        <Section title="When a second person is needed">
          <DualControlLimit />
        </Section>
        <Section title="Decided">
          <Decided />
        </Section>
      </StaffOnly>
    </Page>
  );
}

interface Open {
  readonly request: FundingRequest;
  readonly decision: Decision;
}

function Waiting() {
  const me = useMe();
  const mayDecide = useMay('fund');
  const query = useWaitingRequests();
  const [open, setOpen] = useState<Open | null>(null);
  const decide = (request: FundingRequest, decision: Decision) => setOpen({ request, decision });
  return (
    <>
      <CursorList
        query={query}
        caption="Requests that wait, newest first"
        columns={waitingColumns(me, mayDecide ? decide : null)}
        rowKey={({ id }) => id}
        empty="Nothing waits. Credits and debits are made in the wallet of a merchant."
      />
      {open && <DecisionDialog {...open} onClose={() => setOpen(null)} />}
    </>
  );
}

function Decided() {
  return (
    <CursorList
      query={useDecidedRequests()}
      caption="Decided requests, newest first"
      columns={decidedColumns}
      rowKey={({ id }) => id}
      empty="Nothing was decided yet."
    />
  );
}
