import { AppShell, Burger, Group } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, Outlet, useRouterState } from '@tanstack/react-router';
import { useEffect } from 'react';
import { followChanges } from '../api/changes.ts';
import { LIVE_MS } from '../api/query-client.ts';
import { sessionQuery, useMe } from '../api/session.ts';
import { ColorSchemeButton } from './color-scheme.tsx';
import { screensOf } from './navigation.ts';
import { PersonMenu } from './person-menu.tsx';
import classes from './shell.module.css';

/** What is around every screen of a person who is signed in. */
export function Shell() {
  const me = useMe();
  // Others can move the clock of a sandbox too.
  useQuery({ ...sessionQuery, refetchInterval: me.isSandbox && LIVE_MS });
  const queries = useQueryClient();
  useEffect(() => followChanges(queries), [queries]);
  const [isOpen, { toggle, close }] = useDisclosure();
  const path = useRouterState({ select: ({ location }) => location.pathname });
  // biome-ignore lint/correctness/useExhaustiveDependencies: another screen was opened, so the menu of a phone closes
  useEffect(close, [path]);
  return (
    <AppShell header={{ height: 48 }} navbar={{ width: 200, breakpoint: 'sm', collapsed: { mobile: !isOpen } }}>
      <a href="#content" className={classes['skip']}>
        Skip to content
      </a>
      <AppShell.Header className={classes['header']}>
        <Group gap="sm" wrap="nowrap">
          <Burger
            opened={isOpen}
            onClick={toggle}
            hiddenFrom="sm"
            size="sm"
            aria-label={isOpen ? 'Close the navigation' : 'Open the navigation'}
          />
          <Link to="/" className={classes['mark']}>
            skinrail
          </Link>
          {me.isSandbox && (
            <span className={classes['sandbox']} title="Nothing here is real: no money, no items">
              Sandbox
            </span>
          )}
        </Group>
        <Group gap={4} wrap="nowrap">
          <ColorSchemeButton />
          <PersonMenu me={me} />
        </Group>
      </AppShell.Header>
      <AppShell.Navbar className={classes['navbar']} aria-label="Screens">
        {screensOf(me).map(({ label, to, icon: Icon }) => (
          <Link
            key={label}
            to={to}
            className={classes['screen']}
            activeOptions={{ exact: to === '/', includeSearch: false }}
            activeProps={{ 'aria-current': 'page' }}
          >
            <Icon size={18} stroke={1.6} aria-hidden />
            {label}
          </Link>
        ))}
      </AppShell.Navbar>
      <AppShell.Main id="content" tabIndex={-1} className={classes['main']}>
        <Outlet />
      </AppShell.Main>
    </AppShell>
  );
}
