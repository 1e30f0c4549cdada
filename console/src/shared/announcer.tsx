import { CloseButton } from '@mantine/core';
import { createContext, type ReactNode, useContext, useEffect, useState } from 'react';
import classes from './announcer.module.css';

const SHOWN_MS = 10_000;

type Announce = (text: string) => void;

const AnnounceContext = createContext<Announce>(() => {});

/** Says what an action has done: screen readers read it, others see it at the bottom for some seconds. */
export function useAnnounce(): Announce {
  return useContext(AnnounceContext);
}

export function Announcer({ children }: { readonly children: ReactNode }) {
  const [said, setSaid] = useState<{ readonly text: string } | null>(null);
  useEffect(() => {
    if (!said) return;
    const timer = setTimeout(() => setSaid(null), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [said]);
  return (
    <AnnounceContext value={(text) => setSaid({ text })}>
      {children}
      <div role="status" className={classes['region']}>
        {said && (
          <div className={classes['message']}>
            <span>{said.text}</span>
            <CloseButton size="sm" aria-label="Dismiss" onClick={() => setSaid(null)} />
          </div>
        )}
      </div>
    </AnnounceContext>
  );
}
