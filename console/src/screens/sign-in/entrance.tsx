import type { ReactNode } from 'react';
import { Page, Panel } from '../../shared/page.tsx';
import classes from './entrance.module.css';

interface EntranceProps {
  readonly title: string;
  readonly children: ReactNode;
}

/** A screen for people who are not signed in yet. */
export function Entrance({ title, children }: EntranceProps) {
  return (
    <main className={classes['root']}>
      <p className={classes['mark']}>skinrail</p>
      <Panel>
        <Page title={title}>{children}</Page>
      </Panel>
    </main>
  );
}
