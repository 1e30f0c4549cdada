import { useNow } from './age.tsx';
import { ageText } from './duration.ts';
import { Time, utcOf } from './time.tsx';

const MINUTE_MS = 60_000;

/** How long ago something was. A time that is still to come by the gateway's clock is shown as it is. */
export function TimeAgo({ at }: { readonly at: string }) {
  const now = useNow();
  const time = new Date(at);
  const ageMs = now - time.getTime();
  // The clock of another node can be a little ahead.
  if (ageMs < -MINUTE_MS) return <Time at={at} />;
  return (
    <time dateTime={at} title={utcOf(time)} style={{ whiteSpace: 'nowrap' }}>
      {ageMs < MINUTE_MS ? 'just now' : `${ageText(ageMs)} ago`}
    </time>
  );
}
