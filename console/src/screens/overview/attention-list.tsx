import { Link } from '@tanstack/react-router';
import { isStaff, useMe } from '../../api/session.ts';
import { Age } from '../../shared/age.tsx';
import { Notice, noticeIcons } from '../../shared/notice.tsx';
import { Section } from '../../shared/page.tsx';
import { attentionText, byUrgency } from './attention.ts';
import classes from './overview.module.css';
import type { Attention } from './queries.ts';

/** What needs a person now, each with the screen that mends it. */
export function AttentionList({ attention }: { readonly attention: readonly Attention[] }) {
  if (attention.length === 0) return <Notice tone="good">Nothing needs you now.</Notice>;
  return (
    <Section title="Needs you now">
      <ul className={classes['attention']}>
        {attention.toSorted(byUrgency).map((each) => (
          <Entry key={each.kind} attention={each} />
        ))}
      </ul>
    </Section>
  );
}

function Entry({ attention }: { readonly attention: Attention }) {
  const { text, to, search = {}, tone } = attentionText(attention, isStaff(useMe()));
  const Icon = noticeIcons[tone];
  return (
    <li className={classes['entry']} data-tone={tone}>
      <Icon size={18} aria-hidden className={classes['icon']} />
      <Link to={to} search={search} className={classes['sentence']}>
        {text}
      </Link>
      {attention.since !== null && (
        <span className="muted">
          {attention.count > 1 ? 'the oldest for ' : 'for '}
          <Age since={attention.since} />
        </span>
      )}
    </li>
  );
}
