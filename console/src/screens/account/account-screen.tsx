import { useMe } from '../../api/session.ts';
import { Facts } from '../../shared/facts.tsx';
import { Page, Panel, Section } from '../../shared/page.tsx';
import classes from './account.module.css';
import { ChangePassword } from './change-password.tsx';
import { Passkeys } from './passkeys.tsx';
import { SecondFactor } from './second-factor.tsx';
import { Sessions } from './sessions.tsx';

/** The own account: who you are here, the password, the second factor, passkeys, and where you are signed in. */
export function AccountScreen() {
  const { name, email, role, merchant, permissions } = useMe();
  return (
    <Page title="Account">
      <Panel>
        <Facts
          facts={[
            ['Name', name],
            ['E-mail', email],
            ['Belongs to', merchant?.name ?? 'the operator’s staff'],
            ['Role', role],
            ['May', permissions.join(', ')],
          ]}
        />
      </Panel>
      <div className={classes['columns']}>
        <Section title="Second factor">
          <Panel>
            <SecondFactor />
          </Panel>
        </Section>
        <Section title="Password">
          <Panel>
            <ChangePassword />
          </Panel>
        </Section>
      </div>
      <Passkeys />
      <Section title="Where you are signed in">
        <Sessions />
      </Section>
    </Page>
  );
}
