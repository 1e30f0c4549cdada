import { getRouteApi } from '@tanstack/react-router';
import { useMay } from '../../api/session.ts';
import { People } from '../people/people.tsx';
import { MerchantPage } from './merchant-page.tsx';
import type { MerchantDetails } from './queries.ts';

const route = getRouteApi('/signed-in/merchants/$merchantId/members');

/** The people of a merchant, who see this merchant only. */
export function MembersScreen() {
  const { merchantId } = route.useParams();
  return (
    <MerchantPage merchantId={merchantId} part="Members">
      {(merchant) => <Members merchant={merchant} />}
    </MerchantPage>
  );
}

function Members({ merchant: { id, name } }: { readonly merchant: MerchantDetails }) {
  const mayChange = useMay('members');
  return (
    <People
      scope={{ merchantId: id }}
      of={name}
      caption="Members, by e-mail address"
      mayChange={mayChange}
      empty={mayChange ? 'There are no members yet. Invite the first one as admin.' : 'There are no members yet.'}
    />
  );
}
