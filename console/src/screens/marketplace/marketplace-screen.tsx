import { Button } from '@mantine/core';
import { getRouteApi } from '@tanstack/react-router';
import { useState } from 'react';
import { useMay } from '../../api/session.ts';
import { Loaded } from '../../shared/loaded.tsx';
import { Page, Panel, Section } from '../../shared/page.tsx';
import { StateBadge } from '../../shared/state-badge.tsx';
import { AllStoppedNotice } from '../freezes/all-stopped-notice.tsx';
import { statesOf } from '../marketplaces/marketplace-state.tsx';
import { Access } from './access.tsx';
import { Differences } from './differences.tsx';
import classes from './marketplace.module.css';
import { MarketplaceFacts } from './marketplace-facts.tsx';
import { Notices } from './notices.tsx';
import { PauseDialog } from './pause-dialog.tsx';
import { Policies } from './policies.tsx';
import { type MarketplaceDetails, useMarketplace } from './queries.ts';
import { ResumeDialog } from './resume-dialog.tsx';
import { Settings } from './settings.tsx';

const route = getRouteApi('/signed-in/marketplaces/$marketplaceId');

/** One account at a marketplace. */
export function MarketplaceScreen() {
  const { marketplaceId } = route.useParams();
  const query = useMarketplace(marketplaceId);
  return (
    <Page title={marketplaceId} aside={query.data && <States marketplace={query.data} />}>
      <AllStoppedNotice />
      <Loaded query={query}>{(marketplace) => <Details marketplace={marketplace} />}</Loaded>
    </Page>
  );
}

interface PartProps {
  readonly marketplace: MarketplaceDetails;
}

function States({ marketplace }: PartProps) {
  const mayOperate = useMay('operate');
  return (
    <>
      <span className={classes['badges']}>
        {statesOf(marketplace).map((state) => (
          <StateBadge key={state} state={state} />
        ))}
      </span>
      {mayOperate && <Actions marketplace={marketplace} />}
    </>
  );
}

function Actions({ marketplace }: PartProps) {
  const [dialog, setDialog] = useState<'pause' | 'resume' | null>(null);
  const { pause, health } = marketplace;
  const close = () => setDialog(null);
  return (
    <span className={classes['actions']}>
      {(pause || health.circuit !== 'closed') && (
        <Button variant="default" onClick={() => setDialog('resume')}>
          Resume…
        </Button>
      )}
      {!pause && (
        <Button variant="default" onClick={() => setDialog('pause')}>
          Pause…
        </Button>
      )}
      {dialog === 'pause' && <PauseDialog marketplace={marketplace} onClose={close} />}
      {dialog === 'resume' && <ResumeDialog marketplace={marketplace} onClose={close} />}
    </span>
  );
}

function Details({ marketplace }: PartProps) {
  return (
    <>
      <Notices marketplace={marketplace} />
      <Panel>
        <MarketplaceFacts marketplace={marketplace} />
      </Panel>
      <div className={classes['columns']}>
        <div className={classes['column']}>
          <Section title="Policy">
            <Policies marketplace={marketplace} />
          </Section>
          <Section title="Who may buy here">
            <Access access={marketplace.access} />
          </Section>
          <Section title="Settings">
            <Settings settings={marketplace.settings} />
          </Section>
        </div>
        <Section title="Last reconciliation">
          <Differences marketplace={marketplace} />
        </Section>
      </div>
    </>
  );
}
