import { useMe } from '../../api/session.ts';
import { Notice } from '../../shared/notice.tsx';
import { Page, Section } from '../../shared/page.tsx';
import { Clock } from './clock.tsx';
import classes from './sandbox.module.css';
import { Shop } from './shop.tsx';
import { TestListings } from './test-listings.tsx';

/** What only a sandbox has: a clock that can be moved, test listings, and a shop that answers as it is told. */
export function SandboxScreen() {
  const { isSandbox } = useMe();
  return (
    <Page title="Sandbox">
      {isSandbox ? (
        <>
          <div className={classes['columns']}>
            <Section title="Clock">
              <Clock />
            </Section>
            <Section title="Demo shop">
              <Shop />
            </Section>
          </div>
          <Section title="Test listings">
            <TestListings />
          </Section>
        </>
      ) : (
        <Notice title="There is no sandbox here">
          This gateway buys real items with real money: its time cannot be moved, and nobody sells test listings. Start
          one without <span className="mono">SANDBOX=off</span> on a database of its own to try things out.
        </Notice>
      )}
    </Page>
  );
}
