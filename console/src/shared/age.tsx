import { useEffect, useState } from 'react';
import { ageText } from './duration.ts';
import { utcOf } from './time.tsx';

/** Ages are in minutes at the finest. */
const TICK_MS = 15_000;

/** The time of this machine, which goes on while the screen is open. */
export function useNow(): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), TICK_MS);
    return () => clearInterval(timer);
  }, []);
  return now;
}

/** How long ago a time was, in words: `3 hours`. The exact time in UTC is in its title. null: `–`. */
export function Age({ since }: { readonly since: string | null }) {
  const now = useNow();
  if (since === null) return <span className="muted">–</span>;
  const time = new Date(since);
  return (
    <time dateTime={since} title={utcOf(time)} style={{ whiteSpace: 'nowrap' }}>
      {/* The clock of this machine can be behind the gateway's. */}
      {ageText(Math.max(0, now - time.getTime()))}
    </time>
  );
}
