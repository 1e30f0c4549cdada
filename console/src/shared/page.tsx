import { type ReactNode, useEffect, useRef } from 'react';
import classes from './page.module.css';

interface PageProps {
  /** Of the browser's tab, and the heading unless there is another. */
  readonly title: string;
  readonly heading?: ReactNode;
  /** Beside the heading. */
  readonly aside?: ReactNode;
  readonly children: ReactNode;
}

/** A screen with its heading, which gets the focus when the screen is opened. */
export function Page({ title, heading, aside, children }: PageProps) {
  const ref = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${title} · skinrail`;
  }, [title]);
  useEffect(() => {
    // What was opened with a field that wants the focus keeps it.
    if (document.activeElement === null || document.activeElement === document.body) ref.current?.focus();
  }, []);
  return (
    <div className={classes['page']}>
      <header className={classes['header']}>
        <h1 ref={ref} tabIndex={-1} className={classes['heading']}>
          {heading ?? title}
        </h1>
        {aside}
      </header>
      {children}
    </div>
  );
}

interface SectionProps {
  readonly title: string;
  readonly aside?: ReactNode;
  readonly children: ReactNode;
}

/** A part of a screen below a heading of its own. */
export function Section({ title, aside, children }: SectionProps) {
  return (
    <section className={classes['section']} aria-label={title}>
      <header className={classes['header']}>
        <h2 className={classes['title']}>{title}</h2>
        {aside}
      </header>
      {children}
    </section>
  );
}

/** Content on a surface of its own. */
export function Panel({ children }: { readonly children: ReactNode }) {
  return <div className={classes['panel']}>{children}</div>;
}
