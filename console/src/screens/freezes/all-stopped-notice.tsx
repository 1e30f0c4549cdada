import { Link } from '@tanstack/react-router';
import { Actor } from '../../shared/actor.tsx';
import { Notice } from '../../shared/notice.tsx';
import { Time } from '../../shared/time.tsx';
import { useFreezes } from './queries.ts';

/** On screens where a person would else wonder why nothing is bought. */
export function AllStoppedNotice() {
  const freeze = useFreezes().data?.find(({ scope }) => scope === 'all');
  if (!freeze) return null;
  return (
    <Notice tone="waiting" title="All buying is stopped">
      {freeze.reason}
      <div className="muted">
        <Actor actor={freeze.actor} />, since <Time at={freeze.since} />. See <Link to="/freezes">Freezes</Link>.
      </div>
    </Notice>
  );
}
