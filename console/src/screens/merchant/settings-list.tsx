import { Button } from '@mantine/core';
import type { ReactNode } from 'react';
import classes from './merchant.module.css';

export interface Setting {
  readonly name: string;
  /** What it does. */
  readonly about: string;
  readonly value: ReactNode;
  /** What its button does; absent: the person may not change it. */
  readonly action?: { readonly label: string; readonly run: () => void } | undefined;
}

/** Settings with what they do, each with a button for those who may change it. */
export function SettingsList({ settings }: { readonly settings: readonly Setting[] }) {
  return (
    <ul className={`${classes['settings']} ${classes['lines']}`}>
      {settings.map(({ name, about, value, action }) => (
        <li key={name} className={classes['setting']}>
          <div className={classes['name']}>{name}</div>
          <div className={classes['about']}>{about}</div>
          <div className={classes['value']}>{value}</div>
          {action && (
            <div className={classes['change']}>
              <Button size="compact-sm" variant="default" onClick={action.run} aria-label={`${action.label} ${name}`}>
                {action.label}
              </Button>
            </div>
          )}
        </li>
      ))}
    </ul>
  );
}
