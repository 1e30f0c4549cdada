import { Button, CopyButton } from '@mantine/core';
import classes from './code-block.module.css';
import { canCopy } from './identifier.tsx';

interface CodeBlockProps {
  /** What it is, for screen readers. */
  readonly label: string;
  readonly text: string;
}

/** Lines for a terminal, with a button that copies them. */
export function CodeBlock({ label, text }: CodeBlockProps) {
  return (
    <div className={classes['root']}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: who has no mouse scrolls it with the arrow keys */}
      <section aria-label={label} tabIndex={0} className={classes['scroll']}>
        <pre className={`mono ${classes['text']}`}>{text}</pre>
      </section>
      {canCopy() && (
        <CopyButton value={text}>
          {({ copied, copy }) => (
            <Button size="compact-sm" variant="default" onClick={copy} className={classes['copy']}>
              {copied ? 'Copied' : 'Copy'}
            </Button>
          )}
        </CopyButton>
      )}
    </div>
  );
}
