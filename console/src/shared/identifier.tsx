import { CopyButton } from '@mantine/core';
import { IconCheck, IconCopy } from './icons.ts';
import classes from './identifier.module.css';

interface IdentifierProps {
  readonly value: string | null;
  /** What it is, for the label of the copy button. */
  readonly of: string;
  /** Shows the end only: ids of one day begin alike. */
  readonly isShort?: boolean;
}

const SHOWN = 8;
/** Longer ones may be broken into lines. */
const LINE = 20;

/** An id that can be copied. */
export function Identifier({ value, of, isShort = false }: IdentifierProps) {
  if (value === null || value === '') return <span className="muted">–</span>;
  const shown = isShort && value.length > SHOWN ? `…${value.slice(-SHOWN)}` : value;
  return (
    <span className={classes['root']}>
      <span className={`mono ${classes['text']}`} data-breaks={shown.length > LINE || undefined} title={value}>
        {shown}
      </span>
      {canCopy() && <Copy value={value} of={of} />}
    </span>
  );
}

function Copy({ value, of }: { readonly value: string; readonly of: string }) {
  return (
    <CopyButton value={value} timeout={1500}>
      {({ copied, copy }) => (
        <button
          type="button"
          className={classes['button']}
          onClick={copy}
          aria-label={copied ? 'Copied' : `Copy ${of}`}
        >
          {copied ? <IconCheck size={14} /> : <IconCopy size={14} />}
        </button>
      )}
    </CopyButton>
  );
}

/** Browsers let a page copy over https and on the own machine only. */
export function canCopy(): boolean {
  return 'clipboard' in navigator;
}
