import type { ReactNode } from 'react';
import classes from './state-badge.module.css';

interface MarkProps {
  readonly tone: 'good' | 'bad' | 'waiting' | 'moving' | 'neutral';
  /** It can still change: the mark is a ring. */
  readonly isOpen?: boolean;
  readonly children: ReactNode;
}

/** A word with a mark, as `StateBadge` has it, for what is no state of a trade. */
export function Mark({ tone, isOpen = false, children }: MarkProps) {
  return (
    <span className={classes['root']} data-tone={tone} data-open={isOpen || undefined}>
      {children}
    </span>
  );
}
