import { SegmentedControl } from '@mantine/core';
import { getRouteApi } from '@tanstack/react-router';
import { isStaff, useMe } from '../../api/session.ts';
import { Loaded } from '../../shared/loaded.tsx';
import { Page, Section } from '../../shared/page.tsx';
import { ActivityCharts } from './activity-charts.tsx';
import { AttentionList } from './attention-list.tsx';
import { MoneyNow } from './money-now.tsx';
import { OutcomesTable } from './outcomes-table.tsx';
import { type Hours, hoursIn, useActivity, useMarketplaceOutcomes, useOverview } from './queries.ts';

const route = getRouteApi('/signed-in/');

/** What needs a person now, where the money is, and the last hours. */
export function OverviewScreen() {
  const me = useMe();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const overview = useOverview();
  const hours = hoursIn(search.hours);
  const range = (
    <SegmentedControl
      aria-label="How far back"
      size="xs"
      data={[
        { value: '24', label: '24 hours' },
        { value: '72', label: '72 hours' },
      ]}
      value={String(hours)}
      onChange={(value) => void navigate({ search: { hours: value === '24' ? '' : value }, replace: true })}
    />
  );
  return (
    <Page title="Overview">
      <Loaded query={overview} height={180}>
        {({ attention, wallets, inFlight }) => (
          <>
            <AttentionList attention={attention} />
            <MoneyNow wallets={wallets} inFlight={inFlight} />
          </>
        )}
      </Loaded>
      <Section title={`The last ${hours} hours`} aside={range}>
        <Activity hours={hours} />
      </Section>
      {isStaff(me) && (
        <Section title={`Purchases by marketplace, last ${hours} hours`}>
          <Outcomes hours={hours} />
        </Section>
      )}
    </Page>
  );
}

interface RangeProps {
  readonly hours: Hours;
}

function Activity({ hours }: RangeProps) {
  return (
    <Loaded query={useActivity(hours)} height={340}>
      {(activity) => <ActivityCharts activity={activity} />}
    </Loaded>
  );
}

function Outcomes({ hours }: RangeProps) {
  return (
    <Loaded query={useMarketplaceOutcomes(hours)} height={90}>
      {(outcomes) => <OutcomesTable outcomes={outcomes} />}
    </Loaded>
  );
}
