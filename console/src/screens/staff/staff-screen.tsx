import { useMay } from '../../api/session.ts';
import { Page } from '../../shared/page.tsx';
import { StaffOnly } from '../../shared/staff-only.tsx';
import { People } from '../people/people.tsx';

/** The operator's people, who see every merchant. */
export function StaffScreen() {
  return (
    <Page title="Staff">
      <StaffOnly>
        <Staff />
      </StaffOnly>
    </Page>
  );
}

function Staff() {
  return (
    <People
      scope={{ merchantId: null }}
      of="the staff"
      caption="Staff, by e-mail address"
      mayChange={useMay('staff')}
      empty="Nobody belongs to the staff yet."
    />
  );
}
