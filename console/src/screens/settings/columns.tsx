import type { Column } from '../../shared/data-table.tsx';
import type { Setting } from './queries.ts';
import classes from './settings.module.css';

export const columns: readonly Column<Setting>[] = [
  {
    header: 'Setting',
    cell: ({ variable, meaning }) => (
      <>
        <div className={`mono ${classes['variable']}`}>{variable}</div>
        <div className={`muted ${classes['meaningBelow']}`}>
          <Meaning text={meaning} />
        </div>
      </>
    ),
  },
  {
    header: 'Value',
    cell: (setting) => (
      <>
        <Value setting={setting} />
        <div className={`muted ${classes['onPhones']}`}>{setting.source}</div>
      </>
    ),
  },
  {
    header: 'From',
    from: 'sm',
    cell: ({ source }) => (
      <div className={source === 'default' ? `muted ${classes['source']}` : classes['source']}>{source}</div>
    ),
  },
  {
    header: 'Meaning',
    from: 'md',
    cell: ({ meaning }) => (
      <div className={classes['meaningBeside']}>
        <Meaning text={meaning} />
      </div>
    ),
  },
];

function Value({ setting: { value, isSet } }: { readonly setting: Setting }) {
  if (!isSet) return <div className={`muted ${classes['value']}`}>not set</div>;
  // A secret is never shown.
  if (value === null) return <div className={classes['value']}>set</div>;
  return <div className={`mono ${classes['value']}`}>{value}</div>;
}

/** Markdown of which only code between backticks occurs. */
function Meaning({ text }: { readonly text: string }) {
  const parts = text.split('`').map((part, index) => ({ part, isCode: index % 2 === 1, start: index }));
  return (
    <span className={classes['meaning']}>
      {parts.map(({ part, isCode, start }) => (isCode ? <code key={start}>{part}</code> : part))}
    </span>
  );
}
