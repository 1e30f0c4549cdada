import { useNow } from './age.tsx';
import { ageText } from './duration.ts';
import { Time, utcOf } from './time.tsx';

const MINUTE_MS = 60_000;

/** How long ago something was. A time that is still to come by the clock of the browser is shown as it is. */
export function TimeAgo({ at }: { readonly at: string }) {
  const now = useNow();
  const time = new Date(at);
  const ageMs = now - time.getTime();
  // A clock that is a little ahead of the browser's is usual.
  if (ageMs < -MINUTE_MS) return <Time at={at} />;
  return (
    <time dateTime={at} title={utcOf(time)} style={{ whiteSpace: 'nowrap' }}>
      {ageMs < MINUTE_MS ? 'just now' : `${ageText(ageMs)} ago`}
    </time>
  );
}
