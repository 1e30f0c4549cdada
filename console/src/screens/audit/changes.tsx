import { Link } from '@tanstack/react-router';
import classes from './audit.module.css';
import type { Change } from './queries.ts';
import { FieldValue, fieldName, shortIds } from './values.tsx';

/** More are shown when a person opens them. */
const SHOWN = 4;

/** What a command has changed: every value before and after. */
export function Changes({ changes }: { readonly changes: readonly Change[] }) {
  if (changes.length === 0) return null;
  if (changes.length <= SHOWN) return <ChangeTable changes={changes} />;
  return (
    <details className={classes['details']}>
      <summary>{changes.length} changes</summary>
      <ChangeTable changes={changes} />
    </details>
  );
}

function ChangeTable({ changes }: { readonly changes: readonly Change[] }) {
  return (
    <table className={classes['changes']}>
      <thead className="visually-hidden">
        <tr>
          <th scope="col">Changed</th>
          <th scope="col">Before</th>
          <th scope="col">After</th>
        </tr>
      </thead>
      {Object.entries(Object.groupBy(changes, (change) => change.of)).map(([subject, rows = []]) => (
        <tbody key={subject}>
          <tr>
            <th colSpan={3} scope="rowgroup" className={classes['subject']}>
              <Subject subject={subject} />
            </th>
          </tr>
          {rows.map((change) => (
            <ChangeRow key={change.field} change={change} />
          ))}
        </tbody>
      ))}
    </table>
  );
}

function ChangeRow({ change: { field, before, after } }: { readonly change: Change }) {
  return (
    <tr>
      <th scope="row" title={field}>
        {fieldName(field)}
      </th>
      <td>
        <FieldValue field={field} value={before} />
      </td>
      <td>
        <span className="muted" aria-hidden>
          →{' '}
        </span>
        <FieldValue field={field} value={after} />
      </td>
    </tr>
  );
}

/** `merchant 0199…`, `account waxpeer`, `freezes`: a link where there is a screen for it. */
function Subject({ subject }: { readonly subject: string }) {
  const [kind = '', id = ''] = subject.split(' ');
  const text = <span title={subject}>{shortIds(subject)}</span>;
  if (kind === 'merchant') {
    return (
      <Link to="/merchants/$merchantId" params={{ merchantId: id }} title="This merchant">
        {text}
      </Link>
    );
  }
  if (kind === 'trade') {
    return (
      <Link to="/trades/$tradeId" params={{ tradeId: id }}>
        {text}
      </Link>
    );
  }
  if (kind === 'account') {
    return (
      <Link to="/marketplaces/$marketplaceId" params={{ marketplaceId: id }}>
        {text}
      </Link>
    );
  }
  return kind === 'freezes' ? <Link to="/freezes">{text}</Link> : text;
}
