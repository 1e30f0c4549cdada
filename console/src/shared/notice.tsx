import type { ReactNode } from 'react';
import { IconAlertTriangle, IconCircleCheck, IconInfoCircle } from './icons.ts';
import classes from './notice.module.css';

export type NoticeTone = 'info' | 'good' | 'bad' | 'waiting';

/** The mark of each tone. */
export const noticeIcons = {
  info: IconInfoCircle,
  good: IconCircleCheck,
  bad: IconAlertTriangle,
  waiting: IconAlertTriangle,
};

interface NoticeProps {
  readonly tone?: NoticeTone;
  readonly title?: string;
  readonly children?: ReactNode;
  /** Screen readers say it at once, because it answers what a person has just done. */
  readonly isAlert?: boolean;
}

/** A text that stands out, about the part of the screen that it is in. */
export function Notice({ tone = 'info', title, children, isAlert = false }: NoticeProps) {
  const Icon = noticeIcons[tone];
  return (
    <div className={classes['root']} data-tone={tone} role={isAlert ? 'alert' : undefined}>
      <Icon size={18} aria-hidden className={classes['icon']} />
      <div className={classes['text']}>
        {title !== undefined && <strong>{title}</strong>}
        {children !== undefined && <div>{children}</div>}
      </div>
    </div>
  );
}
