import { type Column, DataTable } from '../../shared/data-table.tsx';
import { durationText } from '../../shared/duration.ts';
import { Time } from '../../shared/time.tsx';
import classes from './callbacks.module.css';
import type { CallbackAttempt } from './queries.ts';

/** Each time a callback was sent, newest first. */
export function Attempts({ attempts }: { readonly attempts: readonly CallbackAttempt[] }) {
  return (
    <DataTable
      caption="Attempts, newest first"
      columns={columns}
      rows={attempts.toReversed()}
      rowKey={({ number }) => String(number)}
      empty="It was not sent yet."
    />
  );
}

const columns: readonly Column<CallbackAttempt>[] = [
  { header: 'Attempt', isNarrow: true, cell: ({ number }) => number },
  { header: 'Answer', cell: (attempt) => <Answer attempt={attempt} /> },
  {
    header: 'Took',
    align: 'right',
    isNarrow: true,
    cell: ({ durationMs }) => <span title={`${durationMs} ms`}>{durationText(durationMs)}</span>,
  },
  { header: 'Sent', from: 'sm', isNarrow: true, cell: ({ at }) => <Time at={at} /> },
];

function Answer({ attempt: { status, failure, response, at } }: { readonly attempt: CallbackAttempt }) {
  return (
    <>
      <span style={{ fontWeight: 500 }}>{status === null ? 'No answer' : `Status ${status}`}</span>
      {failure !== null && <div style={{ color: 'var(--bad)' }}>{failure}</div>}
      <div className={`muted ${classes['onPhones']}`}>
        <Time at={at} />
      </div>
      {response !== null && response !== '' && (
        <details>
          <summary>Its first 4 KB</summary>
          <pre className={classes['response']}>{response}</pre>
        </details>
      )}
    </>
  );
}
