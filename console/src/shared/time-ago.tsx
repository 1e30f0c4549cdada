import { useEffect, useState } from 'react';
import { Time, utcOf } from './time.tsx';

const SECOND_MS = 1000;
const TICK_MS = 5 * SECOND_MS;
const MINUTE_S = 60;
const HOUR_S = 60 * MINUTE_S;
const DAY_S = 24 * HOUR_S;

/** How long ago something was. A time that is still to come by the clock of the browser is shown as it is. */
export function TimeAgo({ at }: { readonly at: string }) {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), TICK_MS);
    return () => clearInterval(timer);
  }, []);
  const time = new Date(at);
  const seconds = Math.round((now - time.getTime()) / SECOND_MS);
  // A clock that is a little ahead of the browser's is usual.
  if (seconds < -MINUTE_S) return <Time at={at} />;
  return (
    <time dateTime={at} title={utcOf(time)} style={{ whiteSpace: 'nowrap' }}>
      {agoText(Math.max(seconds, 0))}
    </time>
  );
}

function agoText(seconds: number): string {
  if (seconds < MINUTE_S) return 'just now';
  if (seconds < HOUR_S) return `${Math.floor(seconds / MINUTE_S)} min ago`;
  if (seconds < 2 * DAY_S) return `${Math.floor(seconds / HOUR_S)} h ago`;
  return `${Math.floor(seconds / DAY_S)} days ago`;
}
